// The few distribution functions that the room needs, in front of Boost.Math, whose headers are heavy.
// `above` is P(X > x), exact also where it is tiny; `point_above(p)` is the x with P(X > x) = p.
#pragma once

namespace plimsoll::stats {

double normal_above(double z);
double normal_point_above(double p);  // p in (0, 1)

double t_above(double t, double degrees_of_freedom);
double t_point_above(double p, double degrees_of_freedom);  // p in (0, 1)
double noncentral_t_above(double t, double degrees_of_freedom, double noncentrality);

double beta_quantile(double p, double a, double b);  // P(X <= x) = p
double beta_point_above(double p, double a, double b);
double gamma_quantile(double p, double shape);  // scale 1
double gamma_point_above(double p, double shape);

double binomial_at_most(double k, double n, double p);   // P(X <= k); 0 for k < 0
double binomial_at_least(double k, double n, double p);  // P(X >= k)

// First and second derivative of log gamma.
double digamma(double x);   // x > 0
double trigamma(double x);  // x > 0

}  // namespace plimsoll::stats
