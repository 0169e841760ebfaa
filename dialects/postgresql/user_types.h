// What a session has learnt about types that are not built in, or that we do not know: an enum or a
// string type of an extension is read as text, a domain as what it is made of, anything else not at
// all. Their ids differ from database to database, so the server is asked, once for each. Only
// bookkeeping: the connection asks.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "dialects/postgresql/libpq.h"
#include "dialects/postgresql/oids.h"

namespace ferro::postgresql {

class UserTypes {
 public:
  // The question, whose one parameter is a list of ids that List() has made.
  static const char* Question();
  static std::string List(const std::vector<Oid>& oids);

  // The types of `result`'s columns that have to be asked for.
  std::vector<Oid> Missing(const PGresult* result) const;

  // Takes the answer. What was asked for and has none (dropped meanwhile) stays unreadable.
  void Learn(const std::vector<Oid>& asked, const PGresult* answer);
  void Learn(Oid oid, Oid read_as, std::string name);

  // The type whose decoder reads `oid`: itself unless something else was learnt.
  Oid ReadAs(Oid oid) const;
  // For messages.
  std::string NameOf(Oid oid) const;

 private:
  struct Known {
    Oid read_as = 0;
    std::string name;
  };
  std::unordered_map<Oid, Known> known_;
};

}  // namespace ferro::postgresql
