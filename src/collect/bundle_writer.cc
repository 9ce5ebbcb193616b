#include "collect/bundle_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace assay::collecting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostJournal = std::uint64_t{1} << 30;

bool is_there(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace

std::string_view bundle_readme() {
  return "A bundle of `assay collect`: files and outputs of programs as they were read from one\n"
         "host, with a signed list of what was read and of what could not be read.\n"
         "\n"
         "  data/           the bytes; manifest.json says where each came from\n"
         "  plan.toml       what was to be collected\n"
         "  manifest.json   the list, with SHA-256, times, changes, and not_collected\n"
         "  SHA256SUMS      for: sha256sum -c SHA256SUMS\n"
         "  collector.pem   public key of the collector (Ed25519), when it was signed\n"
         "  manifest.sig    signature of the bytes of manifest.json\n"
         "\n"
         "Checked by `assay collect verify BUNDLE --key KEY.pub`, or without assay:\n"
         "  sha256sum -c SHA256SUMS\n"
         "  openssl pkeyutl -verify -pubin -inkey KEY.pub -rawin -in manifest.json \\\n"
         "    -sigfile manifest.sig\n"
         "KEY.pub is to come from the collector, not out of the bundle.\n";
}

Status BundleWriter::open_files(int flags) {
  partial_ = Handle(::open(partial_path().c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600));
  if (!partial_.is_open()) return system_problem("write", partial_path());
  if (::flock(partial_.number(), LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::locked,
                 fmt::format("another assay is writing {}", readable(partial_path())),
                 "wait until it has finished, or stop it and go on with --resume"};
  }
  journal_ = Handle(
      ::open(journal_path().c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | flags, 0600));
  if (!journal_.is_open()) return system_problem("write", journal_path());
  return {};
}

Status BundleWriter::create() {
  if (is_there(output_)) {
    return Error{ErrorCode::usage, fmt::format("{} is there already", readable(output_)),
                 "a bundle is never written over: choose another name"};
  }
  if (is_there(partial_path()) || is_there(journal_path())) {
    return Error{
        ErrorCode::usage,
        fmt::format("{} is there: an earlier collection was interrupted", readable(partial_path())),
        "go on with it: --resume; or delete it and its .journal"};
  }
  return open_files(O_CREAT | O_EXCL);
}

Result<std::vector<Json>> BundleWriter::reopen() {
  if (!is_there(partial_path())) {
    return Error{ErrorCode::not_found,
                 fmt::format("there is no {} to go on with", readable(partial_path())),
                 is_there(output_) ? "the bundle is finished" : "begin without --resume"};
  }
  ASSAY_TRY(open_files(O_CREAT));
  auto text = read_small_file(journal_path(), kMostJournal);
  if (!text.ok()) return text.error();
  std::vector<Json> lines;
  std::size_t start = 0;
  for (std::size_t end = text->find('\n'); end != std::string::npos;
       end = text->find('\n', start)) {
    Json line = Json::parse(text->substr(start, end - start), nullptr, false);
    if (!line.is_object()) {
      return Error{
          ErrorCode::malformed,
          fmt::format("{}:{}: not a line of a journal", readable(journal_path()), lines.size() + 1),
          "delete it and the .partial, and begin anew"};
    }
    lines.push_back(std::move(line));
    start = end + 1;
  }
  if (::ftruncate(journal_.number(), static_cast<off_t>(start)) != 0) {
    return system_problem("shorten", journal_path());
  }
  return lines;
}

Status BundleWriter::note(const Json& line) {
  return write_whole(journal_.number(),
                     line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n",
                     journal_path());
}

Status BundleWriter::cut_at(std::uint64_t end, std::uint64_t kept) {
  const std::uint64_t size = kept == 0 ? end : end + kTarBlock + kept;
  if (::ftruncate(partial_.number(), static_cast<off_t>(size)) != 0) {
    return system_problem("shorten", partial_path());
  }
  end_ = end;
  return {};
}

std::uint64_t BundleWriter::bytes_behind(std::uint64_t at) const {
  struct stat info {};
  if (::fstat(partial_.number(), &info) != 0) return 0;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  return size > at + kTarBlock ? size - at - kTarBlock : 0;
}

Result<std::string> BundleWriter::hash_at(std::uint64_t at, std::uint64_t size) const {
  Sha256 digest;
  std::string block(kBlockBytes, '\0');
  for (std::uint64_t done = 0; done < size;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, size - done));
    auto count =
        read_at(partial_.number(), block.data(), want, at + kTarBlock + done, partial_path());
    if (!count.ok()) return count.error();
    if (*count < want) return std::string();
    digest.update({block.data(), want});
    done += want;
  }
  return digest.hex();
}

Status BundleWriter::put_at(std::uint64_t at, std::string_view bytes) {
  if (::lseek(partial_.number(), static_cast<off_t>(at), SEEK_SET) < 0) {
    return system_problem("write", partial_path());
  }
  return write_whole(partial_.number(), bytes, partial_path());
}

Status BundleWriter::begin_member(std::uint64_t kept) {
  digest_ = Sha256();
  member_bytes_ = kept;
  std::string block(kBlockBytes, '\0');
  for (std::uint64_t done = 0; done < kept;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, kept - done));
    auto count =
        read_at(partial_.number(), block.data(), want, end_ + kTarBlock + done, partial_path());
    if (!count.ok()) return count.error();
    digest_.update({block.data(), *count});
    done += want;
  }
  // The header's place stays empty until the member is whole.
  if (::ftruncate(partial_.number(), static_cast<off_t>(end_ + kTarBlock + kept)) != 0) {
    return system_problem("write", partial_path());
  }
  return {};
}

Status BundleWriter::append(std::string_view bytes) {
  ASSAY_TRY(put_at(end_ + kTarBlock + member_bytes_, bytes));
  digest_.update(bytes);
  member_bytes_ += bytes.size();
  return {};
}

Status BundleWriter::shorten_member(std::uint64_t size) { return begin_member(size); }

Status BundleWriter::finish_member(const std::string& name, std::int64_t mtime_s,
                                   std::string& sha256) {
  sha256 = digest_.hex();
  ASSAY_TRY(put_at(end_, tar_header({name, member_bytes_, mtime_s})));
  const std::size_t padding = tar_padding(member_bytes_);
  const std::uint64_t behind = end_ + kTarBlock + member_bytes_;
  ASSAY_TRY(put_at(behind, std::string(padding, '\0')));
  end_ = behind + padding;
  return {};
}

Status BundleWriter::abandon_member() { return cut_at(end_); }

Status BundleWriter::add_small(const std::string& name, std::string_view bytes,
                               std::int64_t mtime_s) {
  ASSAY_TRY(begin_member(0));
  ASSAY_TRY(append(bytes));
  std::string sha256;
  return finish_member(name, mtime_s, sha256);
}

Status BundleWriter::finish(std::string& sha256, std::uint64_t& size) {
  ASSAY_TRY(put_at(end_, std::string(2 * kTarBlock, '\0')));
  size = end_ + 2 * kTarBlock;
  Sha256 digest;
  std::string block(kBlockBytes, '\0');
  for (std::uint64_t at = 0; at < size; at += kBlockBytes) {
    auto count = read_at(partial_.number(), block.data(), kBlockBytes, at, partial_path());
    if (!count.ok()) return count.error();
    digest.update({block.data(), *count});
  }
  sha256 = digest.hex();
  ASSAY_TRY(sync_file(partial_.number(), partial_path()));
  // rename() would write over what has come there meanwhile.
  if (::link(partial_path().c_str(), output_.c_str()) == 0) {
    ::unlink(partial_path().c_str());
  } else if (errno == EEXIST || ::rename(partial_path().c_str(), output_.c_str()) != 0) {
    return system_problem("make", output_);
  }
  ASSAY_TRY(sync_folder_of(output_));
  ::unlink(journal_path().c_str());
  return {};
}

}  // namespace assay::collecting
