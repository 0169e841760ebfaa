#include "engine/regex/pattern.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/regex/simplify.h"

namespace ferro::regex {
namespace {

bool IsAnchor(const Node& node) {
  return node.kind == Node::Kind::kBegin || node.kind == Node::Kind::kEnd;
}

// The nodes, and instead of one of `kind` its children.
std::vector<Node> Flattened(std::vector<Node> nodes, Node::Kind kind) {
  std::vector<Node> flat;
  for (Node& node : nodes) {
    if (node.kind == kind) {
      std::move(node.children.begin(), node.children.end(), std::back_inserter(flat));
    } else {
      flat.push_back(std::move(node));
    }
  }
  return flat;
}

Node Parent(Node::Kind kind, std::vector<Node> children) {
  Node node;
  node.kind = kind;
  for (const Node& child : children) node.size += child.size;
  node.children = std::move(children);
  return node;
}

}  // namespace

Node MakeAnchor(Node::Kind kind) {
  Node node;
  node.kind = kind;
  // A repeat of anchors is what PostgreSQL finds too complex first.
  node.size = 10;
  return node;
}

Node MakeSet(CharSet set) {
  Node node;
  node.kind = Node::Kind::kSet;
  // The servers' compiled forms grow with the ranges: PCRE2's limit is 64 KiB for a whole pattern.
  node.size = 1 + set.ranges().size() / 4;
  node.set = std::move(set);
  return node;
}

Node MakeSequence(std::vector<Node> nodes) {
  nodes = Flattened(std::move(nodes), Node::Kind::kSequence);
  std::erase_if(nodes, [](const Node& node) { return node.kind == Node::Kind::kEmpty; });
  if (nodes.empty()) return Node();
  if (nodes.size() == 1) return std::move(nodes.front());
  return Parent(Node::Kind::kSequence, std::move(nodes));
}

Node MakeChoice(std::vector<Node> nodes) {
  nodes = Flattened(std::move(nodes), Node::Kind::kChoice);
  // (a|b)* costs a backtracking server a frame for each character, [ab]* does not.
  std::vector<Node> merged;
  size_t place_of_set = nodes.size();
  bool or_nothing = false;
  for (Node& node : nodes) {
    if (node.kind == Node::Kind::kEmpty) {
      or_nothing = true;
    } else if (node.kind != Node::Kind::kSet) {
      merged.push_back(std::move(node));
    } else if (place_of_set < merged.size()) {
      CharSet both = std::move(merged[place_of_set].set);
      both.Add(node.set);
      merged[place_of_set] = MakeSet(std::move(both));
    } else {
      place_of_set = merged.size();
      merged.push_back(std::move(node));
    }
  }
  if (merged.empty()) return Node();
  Node choice = merged.size() == 1 ? std::move(merged.front())
                                   : Parent(Node::Kind::kChoice, std::move(merged));
  return or_nothing ? MakeRepeat(std::move(choice), 0, 1) : choice;
}

Node MakeRepeat(Node node, uint32_t least, uint32_t most) {
  if (most == 0 || node.kind == Node::Kind::kEmpty) return Node();
  if (least == 1 && most == 1) return node;
  // Nothing, or nothing in some place: repeating adds no condition, and being optional drops it.
  if (IsAnchor(node)) return least == 0 ? Node() : std::move(node);
  if (node.kind == Node::Kind::kRepeat) {
    if (const std::optional<Bounds> bounds =
            BoundsOfBoth({node.least, node.most}, {least, most})) {
      Node inner = std::move(node.children.front());
      return MakeRepeat(std::move(inner), bounds->least, bounds->most);
    }
  }
  if (most == kUnbounded && least <= 1) {
    if (CanBeNothing(node)) least = 0;
    if (std::optional<Node> plainer = PlainerInLoop(node)) {
      return MakeRepeat(*std::move(plainer), least, most);
    }
  }
  Node repeat;
  repeat.kind = Node::Kind::kRepeat;
  repeat.least = least;
  repeat.most = most;
  const size_t copies = most == kUnbounded ? std::max(least, 1u) : most;
  const size_t branches = most == kUnbounded ? 1 : most - least;
  repeat.size = copies * node.size + branches;
  repeat.children.push_back(std::move(node));
  return repeat;
}

}  // namespace ferro::regex
