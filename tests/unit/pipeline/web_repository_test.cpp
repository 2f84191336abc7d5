#include "plimsoll/pipeline/web_repository.h"

#include <gtest/gtest.h>

namespace plimsoll::pipeline {
namespace {

TEST(WebRepository, KnowsWhereCommitsAreShown) {
  EXPECT_EQ(web_repository("https://github.com/ann/search.git").commit_url,
            "https://github.com/ann/search/commit/");
  EXPECT_EQ(web_repository("https://github.com/ann/search").compare_url,
            "https://github.com/ann/search/compare/");
  EXPECT_EQ(web_repository("git@gitlab.example.com:team/sub/search.git").commit_url,
            "https://gitlab.example.com/team/sub/search/-/commit/");
  EXPECT_EQ(web_repository("ssh://git@gitea.example.com:2222/ann/search.git").compare_url,
            "https://gitea.example.com/ann/search/compare/");
  EXPECT_EQ(web_repository("http://127.0.0.1:3000/ann/search/").commit_url,
            "http://127.0.0.1:3000/ann/search/commit/");
  EXPECT_EQ(web_repository("https://bitbucket.org/ann/search").commit_url,
            "https://bitbucket.org/ann/search/commits/");
}

TEST(WebRepository, LeavesPasswordsOut) {
  EXPECT_EQ(web_repository("https://ann:hunter2@github.com/ann/search").commit_url,
            "https://github.com/ann/search/commit/");
}

TEST(WebRepository, OfWhatIsNoWebPageIsNone) {
  for (const auto* remote :
       {"", "/srv/git/search.git", "../search", "C:\\work\\search", "file:///srv/search", "./a:b", "x",
        "https://github.com", "https:///ann/search", "javascript:alert(1)//x", "data://text/html,<b>",
        "https://github.com/\"><script>", "https://evil host/a", "https://a:b@/x", "git@host:../../etc",
        "https://github.com/a/b?c=d", "https://github.com/a//b", "https://h:99999999/x", "-x:ann/search"}) {
    const model::Repository repository = web_repository(remote);
    EXPECT_EQ(repository.commit_url, "") << remote;
    EXPECT_EQ(repository.compare_url, "") << remote;
  }
}

}  // namespace
}  // namespace plimsoll::pipeline
