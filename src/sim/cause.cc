#include "sim/cause.h"

#include <algorithm>
#include <stdexcept>

#include "sim/acceptance.h"
#include "sim/inside.h"

namespace assay::sim {

CauseContext::CauseContext(const Scenario& all, const Party& whose, const CauseSpec& spec,
                           std::span<const Parameter> parameters, const Rhythm& hours,
                           Random& source)
    : scenario(all),
      party(whose),
      rhythm(hours),
      random(source),
      spec_(spec),
      parameters_(parameters),
      begin_s_(spec.begin_s != 0 ? std::max(spec.begin_s, all.begin_s) : all.begin_s),
      end_s_(spec.end_s != 0 ? std::min(spec.end_s, all.end_s) : all.end_s) {}

double CauseContext::operator[](std::string_view parameter) const {
  const auto stated = spec_.parameters.find(std::string(parameter));
  if (stated != spec_.parameters.end()) return stated->second;
  for (const Parameter& each : parameters_) {
    if (each.name == parameter) return each.usual;
  }
  throw std::logic_error("a cause has no parameter '" + std::string(parameter) + "'");
}

std::vector<double> CauseContext::times(double per_day) {
  std::vector<double> out;
  if (per_day <= 0) return out;
  const double mean = 86'400 / per_day;
  for (double t = begin_s_ + random.exponential(mean); t < end_s_; t += random.exponential(mean)) {
    out.push_back(t);
  }
  return out;
}

bool CauseContext::is_let_in(Transfer& transfer) const {
  const std::uint16_t reply = transfer.is_inbound
                                  ? policy_reply(party.mail, scenario.target.address)
                                  : policy_reply(scenario.target.mail, mail_host(party));
  if (reply < 400) return true;
  transfer.code = reply;
  transfer.is_refused_for_who_asks = true;
  return false;
}

}  // namespace assay::sim
