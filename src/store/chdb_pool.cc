#include "store/chdb_pool.h"

namespace assay::chdb {

Result<Pool::Lease> Pool::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(session));
    }
  }
  auto opened = Session::open(abi_, directory_, arguments_);
  if (!opened.ok()) return opened.error();
  return Lease(*this, std::move(*opened));
}

void Pool::give_back(std::unique_ptr<Session> session) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(session));
}

}  // namespace assay::chdb
