#include "apps/memory_api/memory/background_embedder.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

#include "apps/memory_api/resilience/workers.h"
#include "apps/memory_api/search/recent_vectors.h"
#include "base/hash.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;
using search::Embedder;
using storage::WaitingText;
using Vectors = std::vector<std::vector<float>>;

constexpr auto query_patience = std::chrono::milliseconds(1'000);
constexpr auto batch_patience = std::chrono::milliseconds(2'000);
constexpr auto text_patience = std::chrono::milliseconds(4'000);  // for one alone; a stop may take five
constexpr auto retry_after = std::chrono::milliseconds(1'000);
constexpr auto idle_check = std::chrono::minutes(1);
constexpr auto idle_check_of_shared_store = std::chrono::seconds(1);  // what other processes left waiting
constexpr auto longest_lag = std::chrono::seconds(5);
constexpr std::size_t texts_a_round = 128;
constexpr search::BatchLimits batch_limits{32, 8u << 10};
constexpr std::size_t query_threads = 8;  // only where the embedder is another program
constexpr std::size_t most_queries_waiting = 256;
constexpr std::size_t queries_remembered = 256;
constexpr std::size_t longest_remembered = 1'000;

// Requests come first: the vectors of memories have a second.
void lower_priority() {
  constexpr int nicer = 3;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nicer);
}

// The storage keeps another embedder's vectors by now, or none any more.
bool is_refused(ErrorCode code) {
  return code == ErrorCode::conflict || code == ErrorCode::unsupported;
}

std::vector<std::string_view> views(std::span<const WaitingText> texts) {
  std::vector<std::string_view> result;
  result.reserve(texts.size());
  for (const WaitingText& text : texts) result.push_back(text.text);
  return result;
}

}  // namespace

class BackgroundEmbedder::State {
 public:
  State(storage::MemoryStorage& store, std::unique_ptr<Embedder> embedder_taken, const base::Clock& time)
      : storage_(store),
        embedder_(std::move(embedder_taken)),
        clock_(time),
        workers_(
            {.threads = embedder_->is_remote() ? query_threads : 0, .most_waiting = most_queries_waiting}) {
    readiness_.status = Readiness::Status::degraded;
    readiness_.reason = "starting";
    readiness_.since = clock_.utc();
    worker_ = std::thread([this] { work(); });
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      is_woken_ = true;
    }
    changed_.notify_one();
  }

  base::Result<QueryVector> embed_query(std::string_view text) {
    QueryVector result;
    BASE_ASSIGN(const bool is_known, look_up(text, result));
    result.trust = embedder_->trust(text);
    if (is_known) return result;
    const auto start = clock_.steady();
    auto vectors = embedder_->embed({&text, 1}, query_patience);
    if (!vectors) {
      if (vectors.error().code != ErrorCode::invalid_argument) note_failure(vectors.error());
      return std::unexpected(vectors.error());
    }
    note_success(clock_.steady() - start);
    result.values = std::move(vectors->front());
    remember(text, result);
    return result;
  }

  void run(std::move_only_function<void(bool)> task) {
    if (embedder_->is_remote()) return workers_.submit(std::move(task));
    task(true);
  }

  EmbedderReadiness readiness() const {
    EmbedderReadiness result;
    const auto backlog = storage_.vector_backlog();
    const std::lock_guard lock(mutex_);
    static_cast<Readiness&>(result) = readiness_;
    result.is_up = is_up_;
    result.model = identity_.name;
    result.stored = stored_;
    result.failures = failures_;
    if (backlog) result.waiting = backlog->waiting;
    if (backlog && backlog->since) result.lag = std::max(clock_.utc() - *backlog->since, base::Nanoseconds());
    if (is_up_ && result.lag > longest_lag) {
      result.status = Readiness::Status::degraded;
      result.reason = "memories wait for their vectors";
    }
    return result;
  }

  bool is_behind() const {
    const std::lock_guard lock(mutex_);
    return !is_up_ || (oldest_ && clock_.utc() - *oldest_ > longest_lag);
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    changed_.notify_all();
    workers_.close();
    if (worker_.joinable()) worker_.join();
  }

 private:
  // --- Queries.

  // Whether the vector is known already; an error where the embedder does not work, since a vector alone does
  // not help then: the answer shall say that it is degraded.
  base::Result<bool> look_up(std::string_view text, QueryVector& result) {
    const std::lock_guard lock(mutex_);
    if (!is_up_ || is_closed_) return base::fail(ErrorCode::unavailable, readiness_.reason);
    result.embedder = identity_.name;
    const std::vector<float>* known = recent_.find(text);
    if (known == nullptr) return false;
    result.values = *known;
    return true;
  }

  void remember(std::string_view text, const QueryVector& vector) {
    const std::lock_guard lock(mutex_);
    const bool is_current = vector.embedder == identity_.name && vector.values.size() == identity_.dimensions;
    if (is_current && text.size() <= longest_remembered) recent_.put(text, vector.values);
  }

  // --- The thread that makes vectors of memories.

  void work() {
    lower_priority();
    while (!is_closed()) {
      if (!is_up() && !start()) {
        pause(retry_after, false);
        continue;
      }
      forget_wakes();
      const auto texts = storage_.texts_without_vector(texts_a_round);
      note_oldest();
      if (!is_up()) continue;
      if (texts && texts->empty()) {
        pause(storage_.is_remote() ? idle_check_of_shared_store : idle_check, true);
      } else if (!texts || !embed_all(*texts)) {
        pause(retry_after, false);
      }
    }
  }

  bool start() {
    const auto begun = clock_.steady();
    auto identity = embedder_->start();
    if (!identity) return note_failure(identity.error());
    const auto latency = clock_.steady() - begun;
    const bool is_new = *identity != this->identity();
    const auto used = write(storage::UseEmbedder{clock_.utc(), identity->name, identity->dimensions, is_new});
    if (!used) return note_failure(used.error());
    {
      const std::lock_guard lock(mutex_);
      if (identity_ != *identity) recent_.clear();
      identity_ = *std::move(identity);
      is_up_ = true;
    }
    note_success(latency);
    return true;
  }

  // Shorter ones first: what stands together in a batch takes equally long.
  bool embed_all(std::vector<WaitingText> texts) {
    std::ranges::sort(texts, {}, [](const WaitingText& text) { return text.text.size(); });
    const std::span<const WaitingText> all(texts);
    std::size_t first = 0;
    for (const std::size_t end : search::batch_ends(views(all), batch_limits)) {
      if (is_closed() || !embed_batch(all.subspan(first, end - first))) return false;
      first = end;
    }
    return true;
  }

  bool embed_batch(std::span<const WaitingText> texts) {
    const bool is_alone = texts.size() == 1;
    const auto vectors = embedder_->embed(views(texts), is_alone ? text_patience : batch_patience);
    if (vectors) return store(texts, *vectors);
    const ErrorCode code = vectors.error().code;
    if (code != ErrorCode::invalid_argument && code != ErrorCode::timeout)
      return note_failure(vectors.error());
    if (is_alone) return give_up(texts.front(), code);
    return std::ranges::all_of(
        texts, [this](const WaitingText& text) { return !is_closed() && embed_batch({&text, 1}); });
  }

  // A text that was refused or too late gets no vector for good: it is found by its words, and asked for
  // again when it changes. To ask for it for ever would keep the others waiting behind it. But first another
  // text must show that it is not the embedder: a proxy may refuse all of them. Who is still busy with a late
  // text cannot show it; so a text is given up, too, that is late again after the embedder worked in between.
  bool give_up(const WaitingText& text, ErrorCode code) {
    const bool is_late_again = code == ErrorCode::timeout && std::exchange(late_, text.id) == text.id;
    if (is_closed() || (!is_late_again && !still_works())) return false;
    return store({&text, 1}, Vectors(1));
  }

  bool still_works() {
    const auto identity = embedder_->start();
    if (!identity) return note_failure(identity.error());
    if (*identity == this->identity()) return true;
    return note_failure({.code = ErrorCode::unavailable, .message = "the embedder's model has changed"});
  }

  bool store(std::span<const WaitingText> texts, const Vectors& vectors) {
    storage::PutVectors operation{identity().name, {}};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      operation.vectors.push_back({texts[i].tenant, texts[i].id, base::xxh3_64(texts[i].text), vectors[i]});
    }
    const auto written = write(std::move(operation));
    if (!written && is_refused(written.error().code)) return note_failure(written.error());
    const std::lock_guard lock(mutex_);
    if (written) stored_ += written->count;
    return written.has_value();
  }

  base::Result<storage::WriteOutcome> write(storage::WriteOperation operation) {
    std::promise<base::Result<storage::WriteOutcome>> promise;
    auto future = promise.get_future();
    storage_.write(std::move(operation), [&promise](base::Result<storage::WriteOutcome> outcome) {
      promise.set_value(std::move(outcome));
    });
    return future.get();
  }

  // --- What is known of the embedder.

  bool note_failure(const base::Error& error) {
    {
      const std::lock_guard lock(mutex_);
      ++failures_;
      is_up_ = false;
      set_status(Readiness::Status::degraded, base::to_string(error));
    }
    changed_.notify_one();  // the worker looks when it works again
    return false;
  }

  void note_success(std::chrono::nanoseconds latency) {
    const std::lock_guard lock(mutex_);
    readiness_.latency = latency;
    if (is_up_) set_status(Readiness::Status::ok, "");
  }

  void set_status(Readiness::Status status, std::string reason) {
    if (status != readiness_.status) readiness_.since = clock_.utc();
    readiness_.status = status;
    readiness_.reason = std::move(reason);
  }

  void note_oldest() {
    const auto backlog = storage_.vector_backlog();
    if (!backlog) return;
    if (backlog->embedder && *backlog->embedder != identity().name) {
      note_failure({.code = ErrorCode::conflict, .message = "another process has changed the embedder"});
    }
    const std::lock_guard lock(mutex_);
    oldest_ = backlog->since;
  }

  bool is_up() const {
    const std::lock_guard lock(mutex_);
    return is_up_;
  }
  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return is_closed_;
  }
  Embedder::Identity identity() const {
    const std::lock_guard lock(mutex_);
    return identity_;
  }
  void forget_wakes() {
    const std::lock_guard lock(mutex_);
    is_woken_ = false;
  }
  void pause(std::chrono::milliseconds at_most, bool until_needed) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, at_most, [&] { return is_closed_ || (until_needed && (is_woken_ || !is_up_)); });
  }

  storage::MemoryStorage& storage_;
  const std::unique_ptr<Embedder> embedder_;
  const base::Clock& clock_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_closed_ = false;
  bool is_woken_ = false;
  bool is_up_ = false;
  Embedder::Identity identity_;
  Readiness readiness_;
  std::optional<base::UtcTime> oldest_;
  search::RecentVectors recent_{queries_remembered};
  std::string late_;  // which text was too late when it was asked for alone; for worker_
  std::uint64_t stored_ = 0;
  std::uint64_t failures_ = 0;
  resilience::Workers workers_;
  std::thread worker_;
};

BackgroundEmbedder::BackgroundEmbedder(storage::MemoryStorage& storage,
                                       std::unique_ptr<search::Embedder> embedder, const base::Clock& clock)
    : state_(std::make_unique<State>(storage, std::move(embedder), clock)) {}

BackgroundEmbedder::~BackgroundEmbedder() {
  close();
}

void BackgroundEmbedder::wake() {
  state_->wake();
}

base::Result<QueryVector> BackgroundEmbedder::embed_query(std::string_view text) {
  return state_->embed_query(text);
}

void BackgroundEmbedder::run(std::move_only_function<void(bool may_wait)> task) {
  state_->run(std::move(task));
}

EmbedderReadiness BackgroundEmbedder::readiness() const {
  return state_->readiness();
}

bool BackgroundEmbedder::is_behind() const {
  return state_->is_behind();
}

void BackgroundEmbedder::close() {
  state_->close();
}

}  // namespace memory_api::memory
