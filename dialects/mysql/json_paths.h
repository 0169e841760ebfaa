// Paths into JSON as MySQL and MariaDB take them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/ast/call.h"
#include "engine/base/version.h"

namespace ferro::mysql {

// One JSON_EXTRACT: more than one path where a key has several spellings.
struct Extraction {
  std::vector<std::string> paths;
  // Whether the paths list the elements of an array, of which the next extraction takes the first.
  bool is_list = false;
};

// Whether `product` finds `key` at all.
bool CanName(absl::string_view key, Product product);

// What leads through `steps`, each within what the one before gave; at least one.
std::vector<Extraction> ExtractionsOf(std::span<const ast::JsonStep* const> steps, Product product);

// A place in a document, and what the last step to it leads from.
struct Place {
  std::string parent;
  std::string whole;
};

// One for each spelling; at least one step.
std::vector<Place> PlacesOf(std::span<const ast::JsonStep* const> steps, Product product);

}  // namespace ferro::mysql
