#include "explanations/likelihood/exact_rate.h"

#include <boost/math/distributions/beta.hpp>

namespace assay::likelihood {

ExactRate exact_rate(std::uint64_t count, std::uint64_t cases, double confidence) {
  ExactRate rate{count, cases};
  if (cases == 0) return rate;
  using boost::math::beta_distribution;
  const double part = static_cast<double>(count);
  const double whole = static_cast<double>(cases);
  rate.rate = part / whole;
  if (count > 0) {
    rate.lower =
        boost::math::quantile(beta_distribution<double>(part, whole - part + 1), 1 - confidence);
  }
  if (count < cases) {
    rate.upper =
        boost::math::quantile(beta_distribution<double>(part + 1, whole - part), confidence);
  }
  return rate;
}

}  // namespace assay::likelihood
