#include "store/batch_insert.h"

#include <fmt/core.h>

#include <array>
#include <utility>
#include <vector>

#include "store/native_block.h"
#include "store/record_tables.h"
#include "store/side_tables.h"

namespace assay {
namespace {

// The engine's defaults would collect inserts in the background and cut a block at 1 M rows; either
// way a batch would no longer be one part.
constexpr std::string_view kOneBlock =
    "async_insert = 0, min_insert_block_size_rows = 0, min_insert_block_size_bytes = 0, "
    "max_insert_block_size = 100000000";

// Names and hosts are not dropped with their evidence, so a token would swallow what a second
// reading brings; the table itself keeps each once.
Status send(chdb::Session& session, std::string_view table, const NativeWriter& block) {
  return session.insert(fmt::format("INSERT INTO assay.{} SETTINGS {}, insert_deduplicate = 0, "
                                    "optimize_on_insert = 0",
                                    table, kOneBlock),
                        "Native", block.pieces());
}

template <class Item, class Get>
auto column(const std::vector<Item>& items, Get get) {
  std::vector<decltype(get(items.front()))> values;
  values.reserve(items.size());
  for (const Item& item : items) values.push_back(get(item));
  return values;
}

Status insert_names(chdb::Session& session, const NewNames& names) {
  std::string texts;
  texts.reserve(names.text.size() + 2 * names.size());
  for (std::size_t i = 0; i < names.size(); ++i) NativeWriter::put_text(texts, names.canonical(i));
  NativeWriter block(3, names.size());
  block.fixed("key", "UInt64", names.key);
  block.fixed("check", "UInt64", names.check);
  block.owned("name", "String", std::move(texts));
  return send(session, "names", block);
}

Status insert_hosts(chdb::Session& session, const std::vector<NewHost>& all) {
  std::vector<std::uint64_t> keys;
  std::vector<std::array<std::uint8_t, 16>> addresses;
  for (const NewHost& host : all) {
    if (is_ipv4_key(host.key)) continue;
    keys.push_back(host.key);
    addresses.push_back(host.address.bytes);
  }
  if (keys.empty()) return {};
  NativeWriter block(2, keys.size());
  block.fixed("key", "UInt64", keys);
  block.fixed("ip", "FixedString(16)", addresses);
  return send(session, "hosts", block);
}

Status insert_answers(chdb::Session& session, std::string_view token, std::uint32_t evidence,
                      const RowBatch& batch) {
  const std::vector<AnswerRow>& answers = batch.answers;
  const std::vector<std::uint32_t> evidences(answers.size(), evidence);
  const auto offset = column(answers, [](const AnswerRow& answer) { return answer.offset; });
  const auto section = column(answers, [](const AnswerRow& answer) { return answer.section; });
  const auto owner = column(answers, [](const AnswerRow& answer) { return answer.owner; });
  const auto type = column(answers, [](const AnswerRow& answer) { return answer.type; });
  const auto rclass = column(answers, [](const AnswerRow& answer) { return answer.rclass; });
  const auto ttl = column(answers, [](const AnswerRow& answer) { return answer.ttl; });
  std::string rdata;
  rdata.reserve(batch.answer_rdata.size() + 2 * answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    NativeWriter::put_text(rdata, rdata_of(batch, i));
  }
  NativeWriter block(8, answers.size());
  block.fixed("evidence", "UInt32", evidences);
  block.fixed("offset", "UInt64", offset);
  block.fixed("section", "UInt8", section);
  block.fixed("owner", "UInt64", owner);
  block.fixed("type", "UInt16", type);
  block.fixed("rclass", "UInt16", rclass);
  block.fixed("ttl", "UInt32", ttl);
  block.owned("rdata", "String", std::move(rdata));
  return send_once(session, "answers", token, block);
}

Status insert_rows(chdb::Session& session, std::string_view token, std::uint32_t evidence,
                   const RowBatch& batch) {
  const std::vector<std::uint32_t> evidences(batch.size(), evidence);
  NativeWriter block(16, batch.size());
  block.fixed("evidence", "UInt32", evidences);
  block.fixed("time_us", "Int64", batch.time_us);
  block.fixed("width_us", "UInt32", batch.width_us);
  block.fixed("client", "UInt64", batch.client);
  block.fixed("server", "UInt64", batch.server);
  block.fixed("qname", "UInt64", batch.qname);
  block.fixed("qtype", "UInt16", batch.qtype);
  block.fixed("qclass", "UInt16", batch.qclass);
  block.fixed("rcode", "UInt16", batch.rcode);
  block.fixed("id", "UInt16", batch.id);
  block.fixed("client_port", "UInt16", batch.client_port);
  block.fixed("ttl", "UInt32", batch.ttl);
  block.fixed("flags", "UInt32", batch.flags);
  block.fixed("delay_us", "UInt32", batch.delay_us);
  block.fixed("offset", "UInt64", batch.offset);
  block.fixed("length", "UInt32", batch.length);
  return send_once(session, "dns", token, block);
}

}  // namespace

Status send_once(chdb::Session& session, std::string_view table, std::string_view token,
                 const NativeWriter& block) {
  return session.insert(
      fmt::format("INSERT INTO assay.{} SETTINGS {}, insert_deduplication_token = '{}'", table,
                  kOneBlock, token),
      "Native", block.pieces());
}

Status insert_batch(chdb::Session& session, std::uint32_t evidence, std::uint64_t batch_number,
                    const RowBatch& batch) {
  const std::string token = fmt::format("e{}-b{}", evidence, batch_number);
  if (!batch.names.empty()) ASSAY_TRY(insert_names(session, batch.names));
  if (!batch.hosts.empty()) ASSAY_TRY(insert_hosts(session, batch.hosts));
  if (!batch.answers.empty()) ASSAY_TRY(insert_answers(session, token, evidence, batch));
  ASSAY_TRY(insert_records(session, token, evidence, batch));
  if (batch.size() != 0) ASSAY_TRY(insert_rows(session, token, evidence, batch));
  return {};
}

}  // namespace assay
