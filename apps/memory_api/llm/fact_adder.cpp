#include "apps/memory_api/llm/fact_adder.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "apps/memory_api/resilience/circuit_breaker.h"
#include "base/clock.h"

namespace memory_api::llm {
namespace {

using base::ErrorCode;
using memory::Done;
using memory::Memory;
using memory::MemoryService;
using memory::Tenant;

constexpr int threads = 4;
constexpr std::size_t most_waiting = 64;
constexpr std::size_t most_known = 10;  // memories that the model is shown
constexpr std::size_t longest_query = 2'000;
constexpr resilience::CircuitBreaker::Options breaker_options = {.failures = 3,
                                                                 .open_time = std::chrono::seconds(2)};

struct Job {
  Tenant tenant;
  Conversation conversation;
  Done<FactsAdded> done;
};

// What to store, and which results it leads to.
struct Plan {
  memory::Revision revision;
  std::vector<FactResult> results;
};

Plan plan_facts(const Conversation& conversation, std::vector<Fact> facts, std::span<const Memory> known) {
  Plan plan;
  for (Fact& fact : facts) {
    FactResult result{fact.event, "", fact.text, ""};
    if (fact.known) {
      result.id = known[*fact.known].id;
      result.old_text = known[*fact.known].text;
    }
    if (fact.event == FactEvent::add) {
      memory::NewMemory addition = conversation.messages.front();
      addition.text = std::move(fact.text);
      if (!fact.categories.empty()) addition.categories = std::move(fact.categories);
      plan.revision.additions.push_back(std::move(addition));
    } else if (fact.event == FactEvent::update) {
      plan.revision.changes.push_back({result.id, {.text = std::move(fact.text)}});
    } else if (fact.event == FactEvent::remove) {
      plan.revision.removals.push_back(result.id);
      result.text = result.old_text;
    }
    plan.results.push_back(std::move(result));
  }
  return plan;
}

// Puts the ids of what was added into the results, which are in the same order.
FactsAdded finished(std::vector<FactResult> results, memory::Revised revised, const Tokens& tokens) {
  std::size_t next = 0;
  for (FactResult& result : results) {
    if (result.event == FactEvent::add && next < revised.added.size()) result.id = revised.added[next++].id;
  }
  return {std::move(revised.event_id), std::move(results), tokens, ""};
}

FactsAdded as_they_are(const memory::Added& added, const Tokens& tokens, std::string failure) {
  FactsAdded outcome{added.event_id, {}, tokens, std::move(failure)};
  for (const Memory& memory : added.memories)
    outcome.results.push_back({FactEvent::add, memory.id, memory.text, ""});
  return outcome;
}

void store_as_they_are(MemoryService& service, const Tenant& tenant, std::vector<memory::NewMemory> messages,
                       const Tokens& tokens, std::string failure, Done<FactsAdded> done) {
  service.add(tenant, std::move(messages),
              [tokens, failure = std::move(failure),
               done = std::move(done)](base::Result<memory::Added> added) mutable {
                if (!added) return done(std::unexpected(added.error()));
                done(as_they_are(*added, tokens, std::move(failure)));
              });
}

// What is known of the same entities and sounds like the conversation.
base::Result<std::vector<Memory>> known_about(MemoryService& service, const Tenant& tenant,
                                              const Conversation& conversation) {
  memory::SearchQuery query{.top_k = most_known, .threshold = 0};
  for (const memory::NewMemory& message : conversation.messages) {
    if (query.text.size() < longest_query) query.text += message.text + "\n";
  }
  query.filter = memory::of_entities(conversation.messages.front().entities);
  BASE_ASSIGN(auto found, service.search(tenant, query));
  std::vector<Memory> known;
  known.reserve(found.size());
  for (memory::Scored& scored : found) known.push_back(std::move(scored.memory));
  return known;
}

}  // namespace

// Shared with the threads, so that one that still waits for the model when all else is gone finds `closed`
// and nothing that it could break.
struct FactAdder::State : std::enable_shared_from_this<State> {
  State(MemoryService& memory_service, std::unique_ptr<LlmClient> llm, telemetry::Registry& metrics)
      : service(&memory_service),
        client(std::move(llm)),
        calls_ok(&metrics.counter("llm_calls_total", "Calls to the language model.", {{"result", "ok"}})),
        calls_failed(
            &metrics.counter("llm_calls_total", "Calls to the language model.", {{"result", "failed"}})),
        calls_skipped(
            &metrics.counter("llm_calls_total", "Calls to the language model.", {{"result", "skipped"}})),
        prompt_tokens(&metrics.counter("llm_tokens_total", "Tokens spent.", {{"kind", "prompt"}})),
        completion_tokens(&metrics.counter("llm_tokens_total", "Tokens spent.", {{"kind", "completion"}})),
        up(&metrics.gauge("llm_up", "1 while the newest call to the language model succeeded.")) {
    up->set(1);
    health.since = base::system_clock().utc();
  }

  void work() {
    while (const auto job = take()) {
      carry_out(*job);
      const std::lock_guard lock(mutex);
      running.erase(job);
    }
  }

  std::shared_ptr<Job> take() {
    std::unique_lock lock(mutex);
    arrived.wait(lock, [this] { return closed || !waiting.empty(); });
    if (closed) return nullptr;
    auto job = std::move(waiting.front());
    waiting.pop_front();
    running.insert(job);
    return job;
  }

  void carry_out(Job& job) {
    std::vector<Memory> known;
    {
      const ServiceHold guard(*this);
      if (!guard) return;
      auto found = known_about(*service, job.tenant, job.conversation);
      if (!found && found.error().code != ErrorCode::invalid_argument) return fail(job, found.error());
      if (found) known = *std::move(found);
    }
    const bool skipped = !breaker.allows();
    const auto reply = skipped ? left_alone() : ask(facts_question(job.conversation, known));
    if (skipped) calls_skipped->add();
    const ServiceHold guard(*this);
    if (guard) store(job, known, reply, !skipped);
  }

  void store(Job& job, std::span<const Memory> known, const base::Result<Reply>& reply, bool asked) {
    const Tokens tokens = reply ? reply->tokens : Tokens();
    auto facts = reply ? read_facts(reply->text, known) : std::unexpected(reply.error());
    if (asked) note(reply, facts.has_value() ? std::string() : facts.error().message);
    auto done = std::move(job.done);
    if (!facts) {
      return store_as_they_are(*service, job.tenant, std::move(job.conversation.messages), tokens,
                               facts.error().message, std::move(done));
    }
    Plan plan = plan_facts(job.conversation, *std::move(facts), known);
    auto finish = [this, self = shared_from_this(), tenant = job.tenant, results = std::move(plan.results),
                   tokens, messages = std::move(job.conversation.messages),
                   done = std::move(done)](base::Result<memory::Revised> revised) mutable {
      if (revised) return done(finished(std::move(results), *std::move(revised), tokens));
      if (revised.error().code != ErrorCode::not_found) return done(std::unexpected(revised.error()));
      store_as_they_are(*service, tenant, std::move(messages), tokens,
                        "a memory that the conversation changes was deleted meanwhile", std::move(done));
    };
    service->revise(job.tenant, std::move(plan.revision), std::move(finish));
  }

  static base::Result<Reply> left_alone() {
    return base::fail(ErrorCode::unavailable,
                      "the language model failed repeatedly and is left alone for a moment");
  }

  base::Result<Reply> ask(const Question& question) {
    const auto start = std::chrono::steady_clock::now();
    auto reply = client->ask(question);
    const std::lock_guard lock(mutex);
    health.latency = std::chrono::steady_clock::now() - start;
    return reply;
  }

  void note(const base::Result<Reply>& reply, std::string failure) {
    if (reply) {
      prompt_tokens->add(reply->tokens.prompt);
      completion_tokens->add(reply->tokens.completion);
    }
    (failure.empty() ? calls_ok : calls_failed)->add();
    up->set(failure.empty() ? 1 : 0);
    failure.empty() ? breaker.succeeded() : breaker.failed();
    const std::lock_guard lock(mutex);
    using Status = memory::Readiness::Status;
    const Status status = failure.empty() ? Status::ok : Status::degraded;
    if (status != health.status) health.since = base::system_clock().utc();
    health.status = status;
    health.reason = std::move(failure);
  }

  void fail(Job& job, const base::Error& error) {
    auto done = std::move(job.done);
    done(std::unexpected(error));
  }

  // Holds the service open: close() waits for those who hold one, and none is given after it.
  class ServiceHold {
   public:
    explicit ServiceHold(State& state) : state_(state) {
      const std::lock_guard lock(state.mutex);
      if (!state.closed) ++state.users;
      holds_ = !state.closed;
    }
    ~ServiceHold() {
      if (!holds_) return;
      const std::lock_guard lock(state_.mutex);
      --state_.users;
      state_.arrived.notify_all();
    }
    ServiceHold(const ServiceHold&) = delete;
    ServiceHold& operator=(const ServiceHold&) = delete;
    explicit operator bool() const { return holds_; }

   private:
    State& state_;
    bool holds_ = false;
  };

  MemoryService* service;
  const std::unique_ptr<LlmClient> client;
  telemetry::Counter* calls_ok;
  telemetry::Counter* calls_failed;
  telemetry::Counter* calls_skipped;
  telemetry::Counter* prompt_tokens;
  telemetry::Counter* completion_tokens;
  telemetry::Gauge* up;

  resilience::CircuitBreaker breaker{breaker_options, base::system_clock()};
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<std::shared_ptr<Job>> waiting;
  std::set<std::shared_ptr<Job>> running;
  int users = 0;
  bool closed = false;
  memory::Readiness health;
};

FactAdder::FactAdder(MemoryService& service, std::unique_ptr<LlmClient> client, telemetry::Registry& metrics)
    : state_(std::make_shared<State>(service, std::move(client), metrics)) {
  for (int i = 0; i < threads; ++i) std::thread([state = state_] { state->work(); }).detach();
}

FactAdder::~FactAdder() {
  close();
}

void FactAdder::add(const Tenant& tenant, Conversation conversation, Done<FactsAdded> done) {
  auto job = std::make_shared<Job>(Job{tenant, std::move(conversation), std::move(done)});
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->closed && state_->waiting.size() < most_waiting) {
      state_->waiting.push_back(std::move(job));
      state_->arrived.notify_one();
      return;
    }
  }
  state_->fail(*job, {.code = ErrorCode::unavailable,
                      .message = "too many conversations wait for the language model",
                      .hint = "try again in a moment"});
}

memory::Readiness FactAdder::readiness() const {
  const std::lock_guard lock(state_->mutex);
  return state_->health;
}

void FactAdder::close() {
  std::vector<std::shared_ptr<Job>> unanswered;
  {
    std::unique_lock lock(state_->mutex);
    state_->closed = true;
    state_->arrived.notify_all();
    state_->arrived.wait(lock, [this] { return state_->users == 0; });
    unanswered.assign(state_->waiting.begin(), state_->waiting.end());
    unanswered.insert(unanswered.end(), state_->running.begin(), state_->running.end());
    state_->waiting.clear();
  }
  for (const auto& job : unanswered) {
    if (job->done) {
      state_->fail(*job, {.code = ErrorCode::unavailable, .message = "the service stops"});
    }
  }
}

}  // namespace memory_api::llm
