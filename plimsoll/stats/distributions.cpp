#include "plimsoll/stats/distributions.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

namespace plimsoll::stats {
namespace {

namespace bm = boost::math;

// Long double would cost three times the time for digits that no judgement needs; an overflow is an infinity.
using Policy = bm::policies::policy<bm::policies::promote_double<false>,
                                    bm::policies::overflow_error<bm::policies::ignore_error>,
                                    bm::policies::underflow_error<bm::policies::ignore_error>>;
using Normal = bm::normal_distribution<double, Policy>;
using StudentsT = bm::students_t_distribution<double, Policy>;
using NoncentralT = bm::non_central_t_distribution<double, Policy>;
using Beta = bm::beta_distribution<double, Policy>;
using Gamma = bm::gamma_distribution<double, Policy>;
using Binomial = bm::binomial_distribution<double, Policy>;

}  // namespace

double normal_above(double z) {
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

double normal_point_above(double p) {
  return bm::quantile(bm::complement(Normal(), p));
}

double t_above(double t, double degrees_of_freedom) {
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  return bm::cdf(bm::complement(StudentsT(degrees_of_freedom), t));
}

double t_point_above(double p, double degrees_of_freedom) {
  return bm::quantile(bm::complement(StudentsT(degrees_of_freedom), p));
}

double noncentral_t_above(double t, double degrees_of_freedom, double noncentrality) {
  return bm::cdf(bm::complement(NoncentralT(degrees_of_freedom, noncentrality), t));
}

double beta_quantile(double p, double a, double b) {
  return bm::quantile(Beta(a, b), p);
}

double beta_point_above(double p, double a, double b) {
  return bm::quantile(bm::complement(Beta(a, b), p));
}

double gamma_quantile(double p, double shape) {
  return bm::quantile(Gamma(shape), p);
}

double gamma_point_above(double p, double shape) {
  return bm::quantile(bm::complement(Gamma(shape), p));
}

double binomial_at_most(double k, double n, double p) {
  if (k < 0) return 0;
  return k >= n ? 1 : bm::cdf(Binomial(n, p), std::floor(k));
}

double binomial_at_least(double k, double n, double p) {
  if (k <= 0) return 1;
  return k > n ? 0 : bm::cdf(bm::complement(Binomial(n, p), std::ceil(k) - 1));
}

double digamma(double x) {
  return bm::digamma(x, Policy());
}

double trigamma(double x) {
  return bm::trigamma(x, Policy());
}

}  // namespace plimsoll::stats
