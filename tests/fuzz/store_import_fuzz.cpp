// JSON lines from anywhere, imported into a store. Whatever comes, the store stays readable and exports what
// it took in.
#include <cstdlib>
#include <sstream>

#include "base/file.h"
#include "plimsoll/evidence/store.h"

namespace {

using namespace plimsoll;

// A new store now and then, so that it stays small.
class Target {
 public:
  evidence::EvidenceStore& store() {
    if (uses_++ % 500 == 0) {
      store_.reset();
      folder_.emplace(base::TemporaryFolder::create("import_fuzz").value());
      store_ =
          evidence::open_store((folder_->path() / "evidence.db").string(), {.synchronous = false}).value();
    }
    return *store_;
  }

 private:
  std::size_t uses_ = 0;
  std::optional<base::TemporaryFolder> folder_;
  std::unique_ptr<evidence::EvidenceStore> store_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Target target;
  auto& store = target.store();
  std::istringstream in("{\"plimsoll\":\"store\",\"version\":1}\n" +
                        std::string(reinterpret_cast<const char*>(data), size));
  const auto imported = store.import_from(in, "fuzz");
  if (!imported || *imported == 0) return 0;
  std::ostringstream out;
  if (!store.export_to(out, {})) std::abort();
  std::istringstream again(out.str());
  if (const auto known = store.import_from(again, "again"); !known || *known != 0) std::abort();
  return 0;
}
