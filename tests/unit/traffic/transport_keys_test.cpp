// How a scenario says whom to trust and when to give up.
#include <gtest/gtest.h>

#include "base/file.h"
#include "plimsoll/traffic/scenario/scenario.h"
#include "plimsoll/traffic/scenario/shape_overrides.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

TEST(TransportKeys, SayWhomToTrustAndWhenToGiveUp) {
  const auto folder = base::TemporaryFolder::create("scenario");
  ASSERT_TRUE(folder);
  const auto authority = folder->path() / "authority.pem";
  ASSERT_TRUE(base::system_files().write_atomically(authority, "PEM"));
  const auto scenario = parse_scenario(
      "ca: authority.pem\nsni: service.example\ninsecure: true\nabort: 12s\nsteps: [{path: /}]\n",
      folder->path() / "mix.yaml");
  ASSERT_TRUE(scenario) << base::to_string(scenario.error());
  const auto plan = make_plan(*scenario, "https://127.0.0.1:1", {});
  ASSERT_TRUE(plan) << base::to_string(plan.error());
  EXPECT_EQ(plan->tls, (TlsOptions{true, authority, "service.example"}));
  EXPECT_EQ(plan->shape.abort_after, 12s);
}

TEST(TransportKeys, AMinuteOfSilenceIsDeathUnlessToldOtherwise) {
  EXPECT_EQ(parse_scenario("steps: [{path: /}]", "mix.yaml")->shape.abort_after, 1min);
  EXPECT_EQ(parse_scenario("abort: never\nsteps: [{path: /}]", "mix.yaml")->shape.abort_after, 0s);
  EXPECT_FALSE(parse_abort("0s"));
  EXPECT_FALSE(parse_abort("5"));
  EXPECT_FALSE(parse_abort(""));
}

TEST(TransportKeys, AnOverrideWins) {
  ShapeOverrides overrides;
  overrides.abort_after = 5s;
  EXPECT_EQ(with_overrides(LoadShape{}, overrides).abort_after, 5s);
}

}  // namespace
}  // namespace plimsoll::traffic
