// Room for large arrays that are read at random: in huge pages where the system grants them. Over
// small ones each access walks the page tables, which took a third of sorting a batch.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace assay {

template <class T>
struct HugePages {
  using value_type = T;
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;

  HugePages() = default;
  template <class U>
  HugePages(const HugePages<U>&) {}  // NOLINT: allocators convert

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    const bool is_large = bytes >= kHugePage / 2;
    const std::size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
    void* memory = is_large ? std::aligned_alloc(kHugePage, rounded) : std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    if (is_large) madvise(memory, rounded, MADV_HUGEPAGE);  // a wish; nothing hangs on it
    return static_cast<T*>(memory);
  }
  // Left as it is: all of it is written before it is read, and zeroing 30 MB a batch showed.
  template <class U>
  void construct(U*) {}
  template <class U, class Value>
  void construct(U* at, const Value& value) {
    ::new (static_cast<void*>(at)) U(value);
  }
  void deallocate(T* memory, std::size_t) { std::free(memory); }
  template <class U>
  bool operator==(const HugePages<U>&) const {
    return true;
  }
};

template <class T>
using HugeVector = std::vector<T, HugePages<T>>;

}  // namespace assay
