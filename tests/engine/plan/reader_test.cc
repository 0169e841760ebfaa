// The reader against valid plans, against each thing it must refuse, and against mutants of valid
// plans. What a plan means is not tested here.
#include "engine/plan/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "engine/ast/derive.h"
#include "engine/base/arena.h"
#include "engine/plan/format.h"
#include "engine/plan/sexpr.h"
#include "engine/plan/writer.h"
#include "tests/engine/plan/samples.h"
#include "tests/support/status_matchers.h"

namespace ferro::plan {
namespace {

using namespace std::string_literals;  // NOLINT: bytes with NULs
using ast::Kind;

// "accepted", or why not; every refusal must be of class plan and name a byte.
std::string Outcome(const std::string& bytes) {
  Arena arena;
  const auto plan = Read(bytes, arena);
  if (plan.ok()) return "accepted";
  EXPECT_EQ(ClassOf(plan.status()), ErrorClass::kPlan);
  const std::string message(plan.status().message());
  EXPECT_NE(message.find(" at byte "), std::string::npos) << message;
  return message;
}

std::string OutcomeOf(const std::function<void(Writer&)>& write) {
  Writer writer;
  write(writer);
  return Outcome(writer.bytes());
}

std::string OutcomeOf(const char* sexpr) {
  const auto bytes = Assemble(sexpr);
  EXPECT_OK(bytes);
  return bytes.ok() ? Outcome(*bytes) : "no bytes";
}

void Column(Writer& writer) {
  writer.Name("");
  writer.Name("a");
  writer.Int(0);
  writer.Node(Kind::kColumn, 3);
}

// `DELETE FROM t WHERE <operand>`, so that a test writes nothing but the operand.
std::string DeleteWhere(const std::function<void(Writer&)>& operand) {
  return OutcomeOf([&](Writer& writer) {
    writer.Name("t");
    operand(writer);
    writer.Node(Kind::kList, 0);
    writer.Name("");
    writer.Int(0);
    writer.Node(Kind::kDelete, 5);
  });
}

std::string DropTable(const std::string& name) {
  return OutcomeOf([&](Writer& writer) {
    writer.Name(name);
    writer.Int(0);
    writer.Node(Kind::kDropTable, 2);
  });
}

#define EXPECT_REFUSED(outcome, why) EXPECT_PRED2(Says, outcome, why)
bool Says(const std::string& outcome, const std::string& why) {
  return outcome.find("invalid plan: " + why) == 0;
}

TEST(PlanReader, ReadsEverySample) {
  for (const char* sample : testing::kSamples) EXPECT_EQ(OutcomeOf(sample), "accepted") << sample;
}

TEST(PlanReader, KeepsNothingOfTheBytes) {
  Arena arena;
  ASSERT_OK_AND_ASSIGN(std::string bytes, Assemble("(drop-table users)"));
  ASSERT_OK_AND_ASSIGN(const Plan plan, Read(bytes, arena));
  std::fill(bytes.begin(), bytes.end(), '?');
  EXPECT_EQ(Dump(*plan.statement), "(drop-table users)");
}

TEST(PlanReader, NumbersParametersAndListsTogether) {
  Arena arena;
  ASSERT_OK_AND_ASSIGN(const std::string bytes,
                       Assemble("(select (columns a) (where (and (in a (param-list text))"
                                " (eq b (param date)))) (limit (param int64)))"));
  ASSERT_OK_AND_ASSIGN(const Plan plan, Read(bytes, arena));
  ASSERT_EQ(plan.parameters.size(), 3u);
  EXPECT_TRUE(plan.parameters[0].is_list);
  EXPECT_EQ(plan.parameters[1].type, Type::kDate);
  const auto& select = ast::As<ast::Select>(*plan.statement);
  EXPECT_EQ(ast::As<ast::Param>(*select.limit).index, 2u);
}

TEST(PlanReader, RefusesAForeignHeader) {
  EXPECT_REFUSED(Outcome(""), "the header is cut short at byte 0");
  EXPECT_REFUSED(Outcome("FP\x02"), "the header is cut short at byte 3");
  EXPECT_REFUSED(Outcome("XP\x01\x00"s), "no plan starts so, at byte 0");
  EXPECT_REFUSED(Outcome("FX\x01\x00"s), "no plan starts so, at byte 1");
  EXPECT_REFUSED(Outcome("FP\x01\x00"s), "unknown format version at byte 2");
  EXPECT_REFUSED(Outcome("FP\x02\x01"s), "unknown flags at byte 3");
}

TEST(PlanReader, RefusesUnknownInstructionsAndKinds) {
  EXPECT_REFUSED(Outcome("FP\x02\x00\x00"s), "unknown instruction 0 at byte 4");
  EXPECT_REFUSED(Outcome("FP\x02\x00\x07"s), "unknown instruction 7 at byte 4");
  EXPECT_REFUSED(Outcome("FP\x02\x00\x05\xFF\x00"s), "unknown node kind 255 at byte 4");
  EXPECT_REFUSED(Outcome("FP\x02\x00\x05\x02\x00"s), "unknown node kind 2 at byte 4");
}

TEST(PlanReader, RefusesParametersAsNodes) {
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) {
                   writer.Int(0);
                   writer.Int(0);
                   writer.Node(Kind::kParam, 2);
                 }),
                 "unknown node kind 11");
}

TEST(PlanReader, RefusesAnyPrefixOfAPlan) {
  for (const char* sample : testing::kSamples) {
    ASSERT_OK_AND_ASSIGN(const std::string bytes, Assemble(sample));
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_NE(Outcome(bytes.substr(0, size)), "accepted") << sample << " cut to " << size;
    }
  }
}

TEST(PlanReader, RefusesNumbersNotInTheirShortestForm) {
  EXPECT_REFUSED(Outcome("FP\x02\x00\x02\x80\x00"s), "a number that is cut short or not");
  EXPECT_REFUSED(Outcome("FP\x02\x00\x02"s + std::string(10, '\xFF')), "a number that is cut");
}

TEST(PlanReader, RefusesAPlanLargerThanTheLimit) {
  const std::string header("FP\x02\x00", 4);
  EXPECT_REFUSED(Outcome(header + std::string(kMaxPlanBytes, '\x05')), "more than 4194304 bytes");
  EXPECT_REFUSED(Outcome(header + std::string(kMaxPlanBytes - 4, '\x09')), "unknown instruction");
}

TEST(PlanReader, RefusesNamesThatNoDatabaseTakes) {
  EXPECT_EQ(DropTable(std::string(63, 'n')), "accepted");
  EXPECT_REFUSED(DropTable(std::string(64, 'n')), "a name of more than 63 bytes at byte 4");
  EXPECT_EQ(DropTable("\xC3\xA9t\xC3\xA9"), "accepted");
  EXPECT_REFUSED(DropTable("\xC3"), "a name that is not UTF-8 at byte 4");
  EXPECT_REFUSED(DropTable("a\0b"s), "a name with a NUL at byte 4");
  EXPECT_REFUSED(Outcome("FP\x02\x00\x01\x05name"s), "a name is cut short at byte 4");
}

TEST(PlanReader, RefusesAnEmptyNameWhereOneIsNeeded) {
  for (const char* sexpr :
       {"(drop-table \"\")", "(select (columns t.\"\"))", "(select (columns a) (from \"\" t))",
        "(insert \"\")", "(insert t (row (\"\" 1)))", "(update \"\" (set (a 1)))", "(delete \"\")",
        "(create-table \"\" (column a text))", "(create-table t (column \"\" text))",
        "(create-table t (column a text) (unique \"\" a))",
        "(create-table t (column a text) (primary-key \"\"))", "(create-index \"\" t (columns a))",
        "(create-index i \"\" (columns a))", "(create-index i t (columns \"\"))",
        "(drop-index \"\" t)", "(drop-index i \"\")"}) {
    EXPECT_REFUSED(OutcomeOf(sexpr), "an empty name where one is needed") << sexpr;
  }
}

TEST(PlanReader, RefusesPlansDeeperThanTheLimit) {
  const auto negations = [](size_t levels) {
    return DeleteWhere([levels](Writer& writer) {
      for (size_t i = 0; i < levels; ++i) writer.Int(0);
      Column(writer);
      for (size_t i = 0; i < levels; ++i) writer.Node(Kind::kUnary, 2);
    });
  };
  EXPECT_EQ(negations(kMaxDepth - 2), "accepted");
  EXPECT_REFUSED(negations(kMaxDepth - 1), "nodes nested deeper than 512");
}

TEST(PlanReader, CountsDepthThroughLists) {
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) {
                   for (size_t i = 0; i < kMaxDepth; ++i) writer.Int(0);
                   Column(writer);
                   for (size_t i = 0; i < kMaxDepth; ++i) {
                     writer.Node(Kind::kList, 1);
                     writer.Node(Kind::kLogical, 2);
                   }
                 }),
                 "nodes nested deeper than 512");
}

TEST(PlanReader, TakesAThousandConditionsAsOneLevel) {
  EXPECT_EQ(DeleteWhere([](Writer& writer) {
              writer.Int(0);
              for (int i = 0; i < 1000; ++i) Column(writer);
              writer.Node(Kind::kList, 1000);
              writer.Node(Kind::kLogical, 2);
            }),
            "accepted");
}

TEST(PlanReader, RefusesTooManyParameters) {
  const auto parameters = [](size_t count) {
    return DeleteWhere([count](Writer& writer) {
      writer.Int(0);
      for (size_t i = 0; i < count; ++i) writer.Param(Type::kText);
      writer.Node(Kind::kList, count);
      writer.Node(Kind::kLogical, 2);
    });
  };
  EXPECT_EQ(parameters(kMaxParameters), "accepted");
  EXPECT_REFUSED(parameters(kMaxParameters + 1), "more than 65535 parameters");
}

TEST(PlanReader, RefusesTooManyOperandsAtOnce) {
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   for (size_t i = 0; i <= kMaxOperands; ++i) writer.Int(0);
                 }),
                 "more than 1048576 operands at byte ");
}

TEST(PlanReader, RefusesParametersOfUnknownType) {
  EXPECT_REFUSED(Outcome("FP\x02\x00\x03\x0F"s), "a parameter of unknown type 15 at byte 4");
  EXPECT_REFUSED(Outcome("FP\x02\x00\x04\x0E"s), "a parameter of unknown type 14 at byte 4");
}

TEST(PlanReader, RefusesMoreOperandsThanThereAre) {
  EXPECT_REFUSED(Outcome("FP\x02\x00\x05\x01\x01"s), "a node takes 1 operands and there are 0");
  EXPECT_REFUSED(Outcome("FP\x02\x00\x05\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s),
                 "a node takes 18446744073709551615 operands");
}

TEST(PlanReader, RefusesTheWrongNumberOfOperands) {
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   writer.Name("t");
                   writer.Node(Kind::kDropTable, 1);
                 }),
                 "a node of kind 83 with 1 operands instead of 3 at byte 7");
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   writer.Int(0);
                   writer.Node(Kind::kNone, 1);
                 }),
                 "an absent operand takes no operands");
}

TEST(PlanReader, RefusesEnumeratorsBeyondTheLast) {
  // Truth, unary operator, type, in this order.
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   writer.Name("t");
                   writer.Int(2);
                   writer.Node(Kind::kDropTable, 2);
                 }),
                 "an integer beyond 1 at byte 7");
  for (const int64_t op : {-1, 4, 256}) {
    EXPECT_REFUSED(DeleteWhere([op](Writer& writer) {
                     writer.Int(op);
                     Column(writer);
                     writer.Node(Kind::kUnary, 2);
                   }),
                   "an integer beyond 3 at byte 7");
  }
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) {
                   writer.Name("");
                   writer.Name("a");
                   writer.Int(kTypeCount);
                   writer.Node(Kind::kColumn, 3);
                 }),
                 "an unknown type 15");
}

std::string ColumnOf(int64_t type) {
  return DeleteWhere([type](Writer& writer) {
    writer.Int(static_cast<int64_t>(ast::UnaryOp::kIsNull));
    writer.Name("");
    writer.Name("a");
    writer.Int(type);
    writer.Node(Kind::kColumn, 3);
    writer.Node(Kind::kUnary, 2);
  });
}

TEST(PlanReader, TakesArraysOfWhatCanBeAnElement) {
  const Type arrays[] = {ArrayOf(Type::kInt64), ArrayOf(Type::kText), ArrayOf(Type::kUuid)};
  for (const Type type : arrays) EXPECT_EQ(ColumnOf(static_cast<int64_t>(type)), "accepted");
  for (const int64_t type : {14, 0x40, 0x40 | 6, 0x40 | 13, 0x40 | 14, 0x80 | 2, 0x142}) {
    EXPECT_REFUSED(ColumnOf(type), "an unknown type");
  }
}

TEST(PlanReader, RefusesArraysWhereTheyHaveNoMeaning) {
  const auto parameter = [](Type type) {
    return DeleteWhere([type](Writer& writer) { writer.Param(type); });
  };
  EXPECT_EQ(parameter(ArrayOf(Type::kBool)), "accepted");
  for (const Type type : {Type::kArray, ArrayOf(Type::kBytes), ArrayOf(Type::kArray)}) {
    EXPECT_REFUSED(parameter(type), "a parameter of unknown type");
  }
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) {
                   writer.Name("");
                   writer.Name("a");
                   writer.Int(0);
                   writer.Node(Kind::kColumn, 3);
                   writer.ListParam(ArrayOf(Type::kInt64));
                   writer.Int(0);
                   writer.Node(Kind::kIn, 3);
                 }),
                 "a list of arrays");
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   writer.Name("t");
                   writer.Node(Kind::kNone, 0);
                   writer.Node(Kind::kList, 0);
                   writer.Name("k");
                   writer.Int(static_cast<int64_t>(ArrayOf(Type::kInt64)));
                   writer.Node(Kind::kDelete, 5);
                 }),
                 "an array is no key");
}

TEST(PlanReader, RefusesOperandsOfAnotherKind) {
  const std::string kWrong = "a node of kind 63 needs a node that fits and gets something else at";
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) { writer.Name("a"); }), kWrong);
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) { writer.Int(1); }), kWrong);
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) { writer.ListParam(Type::kText); }), kWrong);
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) { writer.Node(Kind::kList, 0); }), kWrong);
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) {
                   writer.Name("t");
                   writer.Name("");
                   writer.Node(Kind::kTable, 2);
                 }),
                 kWrong);
}

TEST(PlanReader, RefusesNodesWhereNamesIntegersAndListsBelong) {
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   Column(writer);
                   writer.Int(0);
                   writer.Node(Kind::kDropTable, 2);
                 }),
                 "a node of kind 83 needs a name");
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   writer.Name("t");
                   Column(writer);
                   writer.Node(Kind::kDropTable, 2);
                 }),
                 "a node of kind 83 needs an integer");
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   writer.Name("t");
                   writer.None();
                   writer.None();
                   writer.Name("");
                   writer.Int(0);
                   writer.Node(Kind::kDelete, 5);
                 }),
                 "a node of kind 63 needs a list and gets something else at byte 10");
}

TEST(PlanReader, RefusesAnAbsentOperandThatIsNeeded) {
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) {
                   writer.Int(0);
                   writer.None();
                   writer.Node(Kind::kUnary, 2);
                 }),
                 "a node of kind 14 needs a node that fits");
}

TEST(PlanReader, RefusesListsWithTheWrongItems) {
  const auto terms = [](const std::function<void(Writer&)>& item) {
    return DeleteWhere([&item](Writer& writer) {
      writer.Int(0);
      Column(writer);
      item(writer);
      writer.Node(Kind::kList, 2);
      writer.Node(Kind::kLogical, 2);
    });
  };
  EXPECT_EQ(terms(Column), "accepted");
  EXPECT_REFUSED(terms([](Writer& writer) { writer.Name("b"); }), "a node of kind 16 needs");
  EXPECT_REFUSED(terms([](Writer& writer) { writer.None(); }), "a node of kind 16 needs");
  EXPECT_REFUSED(terms([](Writer& writer) { writer.Node(Kind::kList, 0); }), "a node of kind 16");
  EXPECT_REFUSED(terms([](Writer& writer) { writer.ListParam(Type::kNull); }), "a node of kind 16");
}

TEST(PlanReader, RefusesAListWhereAListParameterBelongs) {
  EXPECT_REFUSED(OutcomeOf("(delete t (where (in a (param text))))"), "a node of kind 17 needs");
}

TEST(PlanReader, RefusesAnythingButOneStatementAtTheEnd) {
  EXPECT_REFUSED(OutcomeOf([](Writer&) {}),
                 "0 operands are left instead of one statement at byte 4");
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) { Column(writer); }),
                 "what is left is no statement at byte 11");
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) { writer.Name("t"); }),
                 "what is left is no statement");
  EXPECT_REFUSED(OutcomeOf([](Writer& writer) {
                   for (int i = 0; i < 2; ++i) {
                     writer.Name("t");
                     writer.Int(0);
                     writer.Node(Kind::kDropTable, 2);
                   }
                 }),
                 "2 operands are left");
}

TEST(PlanReader, RefusesListsThatMayNotBeEmpty) {
  EXPECT_REFUSED(OutcomeOf("(select (from t))"), "a select needs an item");
  EXPECT_REFUSED(OutcomeOf("(delete t (where (and)))"), "AND and OR need a term");
  EXPECT_REFUSED(OutcomeOf("(update t (set))"), "an update needs an assignment");
  EXPECT_REFUSED(OutcomeOf("(create-table t)"), "a table needs a column");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a text) (unique u))"), "a unique constraint");
  EXPECT_REFUSED(OutcomeOf("(create-index i t)"), "an index needs a column");
  EXPECT_REFUSED(OutcomeOf("(add-constraint t (foreign-key f () u ()))"), "a foreign key needs");
}

TEST(PlanReader, RefusesDefinitionsThatContradictThemselves) {
  EXPECT_REFUSED(OutcomeOf("(add-constraint t (foreign-key f (a b) u (c)))"), "a foreign key refers to as many columns");
  EXPECT_REFUSED(OutcomeOf("(create-index i t (columns a) (keys (asc b nulls-never)))"),
                 "an index has columns and keys");
  EXPECT_REFUSED(OutcomeOf("(create-index i t (keys (asc b nulls-first)))"), "a key of an index says where NULLs stand");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a int64 generated (default 1)))"),
                 "a generated column has no default");
}

// Fields that a node got after its first version stand at its end, and older plans do not have them.
TEST(PlanReader, LaterFieldsMayBeLeftOut) {
  const auto drop = [](int operands) {
    return OutcomeOf([operands](Writer& writer) {
      writer.Name("t");
      for (int i = 1; i < operands; ++i) writer.Int(1);
      writer.Node(Kind::kDropTable, static_cast<uint64_t>(operands));
    });
  };
  EXPECT_REFUSED(drop(1), "a node of kind 83 with 1 operands instead of 3");
  EXPECT_EQ(drop(2), "accepted");
  EXPECT_EQ(drop(3), "accepted");
  EXPECT_REFUSED(drop(4), "a node of kind 83 with 4 operands instead of 3");
}

TEST(PlanReader, RefusesALimitThatIsNoCount) {
  EXPECT_EQ(OutcomeOf("(select (columns a) (limit 0) (offset (param int64)))"), "accepted");
  for (const char* count : {"-1", "null", "true", "a", "(add 1 2)", "(param text)", "(param)"}) {
    const std::string limit = "(select (columns a) (limit " + std::string(count) + "))";
    EXPECT_REFUSED(OutcomeOf(limit.c_str()), "limit must be") << count;
    const std::string offset = "(select (columns a) (offset " + std::string(count) + "))";
    EXPECT_REFUSED(OutcomeOf(offset.c_str()), "offset must be") << count;
  }
}

TEST(PlanReader, RefusesFieldsThatWouldHaveNoEffect) {
  EXPECT_REFUSED(DeleteWhere([](Writer& writer) {
                   writer.Int(1);
                   writer.Int(7);
                   writer.Node(Kind::kLiteral, 2);
                 }),
                 "only an integer literal has an integer");
  EXPECT_REFUSED(OutcomeOf("(select (columns (count distinct)))"), "a distinct count needs");
  EXPECT_REFUSED(OutcomeOf("(select (columns a) (order 1))"), "a literal orders nothing");
  EXPECT_REFUSED(OutcomeOf("(delete t (key \"\":int64))"), "a key type without a key");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a bool (length 3)))"), "only text and");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a int64 (length 3)))"), "the length of an");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a int64 (length 8)))"), "the length of an");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a text (precision 3)))"), "only a decimal");
}

TEST(PlanReader, RefusesColumnsThatNoTableCanHave) {
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a null))"), "no type for a column");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a array))"), "an unknown type 14");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a text (length -1)))"), "a length, precision");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a text (length 2147483648)))"), "a length");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a decimal (precision 2 3)))"), "the scale");
  EXPECT_REFUSED(OutcomeOf("(create-table t (column a text generated))"), "only an int64 column");
}

// A mutant of a valid plan is refused, or is itself the one plan of the tree it gives: then the
// writer makes the same bytes of it, and so do its S-expression and the assembler.
TEST(PlanReader, SurvivesMutationsOfValidPlans) {
  constexpr uint32_t kSeed = 20240229;
  constexpr int kRounds = 120'000;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto below = [&random](size_t bound) { return static_cast<size_t>(random() % bound); };

  std::vector<std::string> plans;
  for (const char* sample : testing::kSamples) plans.push_back(*Assemble(sample));
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string bytes = plans[below(plans.size())];
    for (size_t edits = 1 + below(3); edits > 0 && bytes.size() > 4; --edits) {
      const size_t at = 4 + below(bytes.size() - 4);
      // Small numbers are more often instructions, kinds and counts than any byte would be.
      const auto byte = static_cast<char>(below(2) == 0 ? below(256) : below(18));
      switch (below(6)) {
        case 0:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
          break;
        case 1:
          bytes[at] = byte;
          break;
        case 2:
          bytes.insert(at, 1, byte);
          break;
        case 3:
          bytes.erase(at, 1 + below(4));
          break;
        case 4:
          bytes.insert(at, bytes.substr(4 + below(bytes.size() - 4), 1 + below(24)));
          break;
        case 5:
          bytes.resize(at);
          break;
      }
    }
    Arena arena;
    const auto plan = Read(bytes, arena);
    if (!plan.ok()) {
      ASSERT_EQ(ClassOf(plan.status()), ErrorClass::kPlan) << "round " << round;
      continue;
    }
    ++accepted;
    Writer writer;
    writer.Tree(*plan->statement);
    if (writer.bytes() != bytes) {
      // Later fields were left out: written they are longer, and mean the same.
      ASSERT_GT(writer.bytes().size(), bytes.size()) << "round " << round;
      const auto whole = Read(writer.bytes(), arena);
      ASSERT_TRUE(whole.ok()) << "round " << round << " " << whole.status();
      ASSERT_TRUE(ast::Equal(*whole->statement, *plan->statement)) << "round " << round;
    }
    const std::string dump = Dump(*plan->statement);
    const auto again = Assemble(dump);
    ASSERT_TRUE(again.ok()) << "round " << round << " " << dump << " " << again.status();
    ASSERT_EQ(*again, writer.bytes()) << "round " << round << " " << dump;
  }
  EXPECT_GT(accepted, kRounds / 100);  // else the mutants would test nothing but the first check
}

}  // namespace
}  // namespace ferro::plan
