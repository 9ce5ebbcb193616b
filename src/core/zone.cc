#include <date/tz.h>
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "assay/instant.h"
#include "assay/names.h"

namespace assay {

// Either a fixed offset or a zone of the database; `zone` is null for a fixed offset.
struct Zone::Impl {
  std::string name = "UTC";
  const date::time_zone* zone = nullptr;
  std::int32_t fixed_offset_seconds = 0;
};

namespace {

std::optional<std::int32_t> parse_fixed_offset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  for (const int i : {1, 2, 4, 5}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hours = (text[1] - '0') * 10 + text[2] - '0';
  const int minutes = (text[4] - '0') * 10 + text[5] - '0';
  if (hours > 15 || minutes > 59) return std::nullopt;
  return (hours * 3'600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
}

date::sys_seconds to_sys_seconds(std::int64_t us) {
  return std::chrono::floor<std::chrono::seconds>(
      date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(us)));
}

}  // namespace

Zone::Zone() {
  static const std::shared_ptr<const Impl> kUtc = std::make_shared<Impl>();
  impl_ = kUtc;
}

Result<Zone> Zone::find(std::string_view name) {
  Zone zone;
  if (name.empty() || name == "UTC" || name == "Z") return zone;
  auto impl = std::make_shared<Impl>();
  impl->name = std::string(name);
  if (const auto offset = parse_fixed_offset(name)) {
    impl->fixed_offset_seconds = *offset;
    zone.impl_ = std::move(impl);
    return zone;
  }
  try {
    impl->zone = date::locate_zone(impl->name);
  } catch (const std::exception&) {
    std::vector<std::string> known{"UTC"};
    try {
      for (const auto& entry : date::get_tzdb().zones) known.push_back(entry.name());
    } catch (const std::exception&) {
      return Error{ErrorCode::unsupported, "the system's time-zone database cannot be read",
                   "install the package tzdata"};
    }
    const auto nearest = nearest_word(name, known);
    return Error{ErrorCode::usage, fmt::format("there is no time zone '{}'", name),
                 nearest ? fmt::format("did you mean '{}'?", *nearest)
                         : "use an IANA name such as Europe/Berlin, or an offset such as +03:00"};
  }
  zone.impl_ = std::move(impl);
  return zone;
}

const std::string& Zone::name() const { return impl_->name; }

UtcReading Zone::to_utc(std::int64_t local_us) const {
  if (impl_->zone == nullptr) {
    return {local_us - impl_->fixed_offset_seconds * kMicrosPerSecond};
  }
  const date::local_time<std::chrono::seconds> local(
      std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(local_us)));
  const date::local_info info = impl_->zone->get_info(local);
  UtcReading reading;
  // `first` is the offset before a change: the earlier reading of an hour that happened twice.
  reading.us = local_us - info.first.offset.count() * kMicrosPerSecond;
  if (info.result == date::local_info::ambiguous) {
    reading.is_ambiguous = true;
    reading.extra_width_us = static_cast<std::uint32_t>(
        (info.first.offset.count() - info.second.offset.count()) * kMicrosPerSecond);
  } else if (info.result == date::local_info::nonexistent) {
    reading.is_nonexistent = true;
  }
  return reading;
}

std::int32_t Zone::offset_seconds_at(std::int64_t utc_us) const {
  if (impl_->zone == nullptr) return impl_->fixed_offset_seconds;
  return static_cast<std::int32_t>(impl_->zone->get_info(to_sys_seconds(utc_us)).offset.count());
}

std::int64_t Zone::to_local(std::int64_t utc_us) const {
  return utc_us + offset_seconds_at(utc_us) * kMicrosPerSecond;
}

std::string Zone::format(std::int64_t utc_us, int decimals) const {
  const std::int32_t offset = offset_seconds_at(utc_us);
  std::string text = format_utc(utc_us + offset * kMicrosPerSecond, decimals);
  if (impl_->zone == nullptr && offset == 0) return text;
  text.pop_back();  // the 'Z' that format_utc wrote
  const int minutes = std::abs(offset) / 60;
  return text + fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string zone_database_version() {
  // Debian keeps the version in the second word of tzdata.zi; date's own tzdb says "unknown" there.
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  std::string hash, word, version;
  if (file >> hash >> word >> version && word == "version") return version;
  return "unknown";
}

}  // namespace assay
