// Memory that runs out when it is told to. Linking failing.cc replaces operator new of the whole process, malloc too where
// no sanitizer needs it, and SQLite's memory; so what fails are the allocations of the library, of those it uses, and of all
// threads. See https://www.sqlite.org/testing.html#outofmemorytesting, whose two modes these are.
#pragma once

#include <cstdint>

namespace failing {

enum class Mode : uint8_t {
  kOnce,     // the allocation that is counted down to fails, and no other
  kForever,  // that one and all after it, until Disarm()
};
enum class Scope : uint8_t {
  kAll,  // also malloc, where it is replaced
  kNew,  // operator new only: the libraries of servers keep their memory
};

// Before anything else in the process: gives SQLite its memory.
void SetUp();

// The `number`-th allocation from now, from 1, fails.
void Arm(int64_t number, Mode mode, Scope scope);
// True when an allocation has failed since.
bool Disarm();

// Allocations that have not been freed.
int64_t Living();

// Whether malloc itself is replaced.
bool ReplacesMalloc();

}  // namespace failing
