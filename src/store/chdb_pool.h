// The engine of one open store and its connections.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/chdb_connection.h"

namespace assay::chdb {

// A callback of a running scan may ask the store another question, and a streaming connection can
// run nothing else: whoever needs a connection borrows one, and it is opened when none is idle.
// Thread-safe.
class Pool {
 public:
  Pool(const Abi& abi, std::string directory, std::vector<std::string> arguments)
      : abi_(abi), directory_(std::move(directory)), arguments_(std::move(arguments)) {}

  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Session> session)
        : pool_(&pool), session_(std::move(session)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (session_) pool_->give_back(std::move(session_));
    }
    Session* operator->() const { return session_.get(); }
    Session& operator*() const { return *session_; }

   private:
    Pool* pool_;
    std::unique_ptr<Session> session_;
  };

  Result<Lease> borrow();

 private:
  void give_back(std::unique_ptr<Session> session);

  const Abi& abi_;
  const std::string directory_;
  const std::vector<std::string> arguments_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace assay::chdb
