// A list of objects that live elsewhere and link to each other: being put into it needs no memory, and cannot fail.
#pragma once

#include <cstddef>

namespace ferro {

template <class T>
class LinkedList;

// What T derives from. An object is in one list at most, and leaves it before it is destroyed.
template <class T>
class Linked {
 public:
  Linked() = default;
  Linked(const Linked&) = delete;
  Linked& operator=(const Linked&) = delete;

 private:
  friend class LinkedList<T>;
  T* before_ = nullptr;
  T* after_ = nullptr;
};

template <class T>
class LinkedList {
 public:
  LinkedList() = default;
  LinkedList(const LinkedList&) = delete;
  LinkedList& operator=(const LinkedList&) = delete;

  bool empty() const { return first_ == nullptr; }
  size_t size() const { return size_; }
  // Null when it is empty.
  T* front() const { return first_; }
  // Whether it is in this list, if it is in none but, perhaps, this one.
  bool Has(const T& one) const { return first_ == &one || one.Linked<T>::before_ != nullptr; }

  void PushBack(T& one) {
    Link& link = one;
    link.before_ = last_;
    (last_ != nullptr ? static_cast<Link&>(*last_).after_ : first_) = &one;
    last_ = &one;
    ++size_;
  }

  // What is in this list.
  void Erase(T& one) {
    Link& link = one;
    (link.before_ != nullptr ? static_cast<Link&>(*link.before_).after_ : first_) = link.after_;
    (link.after_ != nullptr ? static_cast<Link&>(*link.after_).before_ : last_) = link.before_;
    link.before_ = link.after_ = nullptr;
    --size_;
  }

  // Null when it is empty.
  T* PopFront() {
    T* const one = first_;
    if (one != nullptr) Erase(*one);
    return one;
  }

 private:
  using Link = Linked<T>;

  T* first_ = nullptr;
  T* last_ = nullptr;
  size_t size_ = 0;
};

}  // namespace ferro
