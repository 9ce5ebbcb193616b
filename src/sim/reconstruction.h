// The 143-day situation that assay was born from, rebuilt from causes with fictional parties:
// look-ups of one mail host name of Sender, by two resolver addresses of Bank and one of Clinic, as
// the query logs of Sender's three authoritative servers would show them. docs/simulator.md has the
// parameters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::sim {

struct ReconstructionSeeds {
  std::uint64_t bank = 0;
  std::uint64_t clinic = 0;
  std::uint64_t others = 0;
};

struct Reconstruction {
  std::vector<std::string> logs;  // ns1, ns2, ns3
  std::string truth;              // TSV: cause, party, demands, rows
  std::uint64_t bank_rows = 0;
  std::uint64_t clinic_rows = 0;
  std::uint64_t other_rows = 0;
  std::uint64_t run_on_rows = 0;
};

// The seeds of the shipped demo: drawn so that the rows are the quoted 2,820 and 714.
ReconstructionSeeds demo_seeds();
Reconstruction reconstruct(const ReconstructionSeeds& seeds);

inline constexpr const char* kReconstructionName = "news1.sender.example";
inline constexpr const char* kReconstructionSuffix = "corp.bank.example";
inline constexpr const char* kReconstructionBegin = "2021-05-04T00:00:00Z";
inline constexpr const char* kReconstructionEnd = "2021-09-23T13:56:30Z";

}  // namespace assay::sim
