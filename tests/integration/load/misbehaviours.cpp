#include "tests/integration/load/misbehaviours.h"

namespace plimsoll::traffic {
namespace {

std::string chunked(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

const std::vector<Misbehaviour> table = {
    {"resets", [](Peer& peer, int) { return peer.reset(), false; }, ErrorKind::reset},
    {"resets within the body",
     [](Peer& peer, int) {
       return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), peer.reset(), false;
     },
     ErrorKind::reset},
    {"closes without a word", [](Peer&, int) { return false; }, ErrorKind::protocol},
    {"truncates its body",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), false; },
     ErrorKind::protocol},
    {"truncates its header",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 200 OK\r\nContent-Le"), false; }, ErrorKind::protocol},
    {"truncates a chunk", [](Peer& peer, int) { return peer.send(chunked("ff\r\nshort")), false; },
     ErrorKind::protocol},
    {"sends wrong chunk sizes",
     [](Peer& peer, int) { return peer.send(chunked("2\r\nlonger than two\r\n0\r\n\r\n")); },
     ErrorKind::protocol},
    {"sends chunk sizes that are no numbers",
     [](Peer& peer, int) { return peer.send(chunked("zz\r\nxx\r\n0\r\n\r\n")); }, ErrorKind::protocol},
    {"sends a garbage status line", [](Peer& peer, int) { return peer.send("\x16\x03\x01 what?\r\n\r\n"); },
     ErrorKind::protocol},
    {"sends endless headers",
     [](Peer& peer, int) {
       peer.send("HTTP/1.1 200 OK\r\n");
       while (peer.send("X-More: " + std::string(4000, 'x') + "\r\n")) continue;
       return false;
     },
     ErrorKind::protocol},
    {"sends a status that is no number",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n"); },
     ErrorKind::protocol},
    {"sends a status of two digits",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"); },
     ErrorKind::protocol},
    {"speaks another protocol", [](Peer& peer, int) { return peer.send("SSH-2.0-OpenSSH_9.2\r\n"); },
     ErrorKind::protocol},
    {"says another length twice",
     [](Peer& peer, int) {
       return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!");
     },
     ErrorKind::protocol},
    {"says a length beyond all bounds",
     [](Peer& peer, int) {
       return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n");
     },
     ErrorKind::protocol},
    {"sends a chunk's size without end",
     [](Peer& peer, int) {
       peer.send(chunked("1;"));
       while (peer.send(std::string(4000, 'x'))) continue;
       return false;
     },
     ErrorKind::protocol},
    {"switches protocols unasked",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 101 Switching Protocols\r\n\r\n"); },
     ErrorKind::protocol},
    {"floods with interim responses",
     [](Peer& peer, int) {
       while (peer.send("HTTP/1.1 100 Continue\r\n\r\n")) continue;
       return false;
     },
     ErrorKind::protocol},
    {"never answers", [](Peer& peer, int) { return peer.wait_until_gone(), false; }, ErrorKind::timeout},
    {"stalls within the body",
     [](Peer& peer, int) {
       return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), peer.wait_until_gone(), false;
     },
     ErrorKind::timeout},
    {"fails", [](Peer& peer, int) { return peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"); },
     ErrorKind::http_5xx},
    {"finds nothing",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"); },
     ErrorKind::http_4xx},
    {"closes after each answer",
     [](Peer& peer, int) {
       return peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"), false;
     },
     std::nullopt},
    {"ends its body by closing",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 200 OK\r\n\r\nuntil here"), false; }, std::nullopt},
    {"sends byte by byte",
     [](Peer& peer, int) {
       for (const char byte : chunked("2\r\nok\r\n0\r\n\r\n")) peer.send({&byte, 1});
       return true;
     },
     std::nullopt},
    {"says early hints first",
     [](Peer& peer, int) {
       return peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + std::string(ok_response));
     },
     std::nullopt},
    {"has no body where there may be none",
     [](Peer& peer, int) { return peer.send("HTTP/1.1 204 No Content\r\n\r\n"); }, std::nullopt},
    {"sends trailers", [](Peer& peer, int) { return peer.send(chunked("2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")); },
     std::nullopt},
    {"sends more than was asked for",
     [](Peer& peer, int) { return peer.send(std::string(ok_response) + std::string(ok_response)); },
     std::nullopt},
};

}  // namespace

const std::vector<Misbehaviour>& misbehaviours() {
  return table;
}

}  // namespace plimsoll::traffic
