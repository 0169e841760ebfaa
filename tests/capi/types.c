/* A value of every type, there and back, and NULL for each. */
#include "consumer.h"

#define TABLE "capi_everything"

typedef struct column {
  const char *name;
  uint8_t type;
} column;

static const column kColumns[] = {
    {"id", FERRO_TYPE_INT64},          {"a_bool", FERRO_TYPE_BOOL},      {"an_int64", FERRO_TYPE_INT64},
    {"a_float64", FERRO_TYPE_FLOAT64}, {"a_small", FERRO_TYPE_DECIMAL},  {"a_decimal", FERRO_TYPE_DECIMAL},
    {"a_text", FERRO_TYPE_TEXT},       {"some_bytes", FERRO_TYPE_BYTES}, {"a_date", FERRO_TYPE_DATE},
    {"a_time", FERRO_TYPE_TIME},       {"a_stamp", FERRO_TYPE_TIMESTAMP}, {"a_stamptz", FERRO_TYPE_TIMESTAMPTZ},
    {"a_span", FERRO_TYPE_INTERVAL},   {"a_uuid", FERRO_TYPE_UUID},      {"a_json", FERRO_TYPE_JSON}};
enum { COLUMNS = (int)(sizeof kColumns / sizeof kColumns[0]) };

static const char kBytes[] = {0, 1, (char)0xFF, 0};
static const char kUuid[] = "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF";
static const char kText[] = "h\xC3\xA9 'quoted' \"twice\" %_\\ \xF0\x9F\xA6\x80";
static const char kBig[] = "12345678901234567890123456.7891";
static const double kTenth = 0.1;
/* 2024-02-29 13:14:15.123456 */
static const int64_t kDay = 19782, kTimeOfDay = INT64_C(47655123456), kMoment = INT64_C(1709212455123456);

static void create(ferro_plan *plan) {
  int i;
  ferro_plan_reset(plan);
  put_name(plan, TABLE);
  put_int(plan, 0);
  for (i = 0; i < COLUMNS; ++i) put_definition(plan, kColumns[i].name, kColumns[i].type, 0, i > 0, 0);
  put_list(plan, (uint32_t)COLUMNS);
  put_name(plan, "id");
  put_list(plan, 1);
  put_list(plan, 0);
  put_node(plan, FERRO_NODE_CREATE_TABLE, 5);
}

static void insert(ferro_plan *plan) {
  int i;
  ferro_plan_reset(plan);
  put_name(plan, TABLE);
  for (i = 0; i < COLUMNS; ++i) put_assignment(plan, kColumns[i].name, kColumns[i].type);
  put_list(plan, (uint32_t)COLUMNS);
  put_list(plan, 0);
  put_name(plan, "id");
  put_int(plan, FERRO_TYPE_INT64);
  put_node(plan, FERRO_NODE_INSERT, 5);
}

static void select_one(ferro_plan *plan) {
  int i;
  ferro_plan_reset(plan);
  begin_select(plan);
  for (i = 0; i < COLUMNS; ++i) put_item(plan, kColumns[i].name, kColumns[i].type);
  put_list(plan, (uint32_t)COLUMNS);
  put_name(plan, TABLE);
  put_name(plan, "");
  put_node(plan, FERRO_NODE_TABLE, 2);
  put_equal(plan, "id", FERRO_TYPE_INT64);
  put_no_grouping(plan);
  put_list(plan, 0);
  put_none(plan);
  put_none(plan);
  end_select(plan, 0);
}

/* Whether a decimal of at most 18 digits is `coefficient` / 10^4, in whichever form it came. */
static int is_decimal(const ferro_value *value, int64_t coefficient, const char *text) {
  int64_t scaled;
  int scale;
  if (value->type != FERRO_TYPE_DECIMAL) return 0;
  if ((value->flags & FERRO_VALUE_SMALL_DECIMAL) == 0) return cell_is(value, FERRO_TYPE_DECIMAL, text, strlen(text));
  scaled = value->as.integer;
  for (scale = value->scale; scale < 4; ++scale) scaled *= 10;
  return value->scale <= 4 && scaled == coefficient;
}

/* A server may write JSON with other spaces than it was given. */
static int same_but_spaces(const ferro_value *value, const char *text) {
  uint32_t i;
  if (value->type != FERRO_TYPE_JSON) return 0;
  for (i = 0; i < value->size; ++i) {
    if (value->as.bytes[i] == ' ') continue;
    if (*text == '\0' || *text != value->as.bytes[i]) return 0;
    ++text;
  }
  return *text == '\0';
}

static void check_values(const result *rows) {
  CHECK(cell(rows, 0, 1)->type == FERRO_TYPE_BOOL && cell(rows, 0, 1)->as.integer == 1);
  CHECK(cell(rows, 0, 2)->type == FERRO_TYPE_INT64 && cell(rows, 0, 2)->as.integer == INT64_MIN);
  CHECK(cell(rows, 0, 3)->type == FERRO_TYPE_FLOAT64);
  CHECK(memcmp(&cell(rows, 0, 3)->as.real, &kTenth, sizeof kTenth) == 0);
  CHECK(is_decimal(cell(rows, 0, 4), -123400, "-12.3400"));
  CHECK(cell_is(cell(rows, 0, 5), FERRO_TYPE_DECIMAL, kBig, sizeof kBig - 1));
  CHECK(cell_is(cell(rows, 0, 6), FERRO_TYPE_TEXT, kText, sizeof kText - 1));
  CHECK(cell_is(cell(rows, 0, 7), FERRO_TYPE_BYTES, kBytes, sizeof kBytes));
  CHECK(cell(rows, 0, 8)->type == FERRO_TYPE_DATE && cell(rows, 0, 8)->as.integer == kDay);
  CHECK(cell(rows, 0, 9)->type == FERRO_TYPE_TIME && cell(rows, 0, 9)->as.integer == kTimeOfDay);
  CHECK(cell(rows, 0, 10)->type == FERRO_TYPE_TIMESTAMP && cell(rows, 0, 10)->as.integer == kMoment);
  CHECK(cell(rows, 0, 11)->type == FERRO_TYPE_TIMESTAMPTZ && cell(rows, 0, 11)->as.integer == kMoment);
  CHECK(cell(rows, 0, 12)->type == FERRO_TYPE_INTERVAL && cell(rows, 0, 12)->as.integer == -INT64_C(5400000001));
  CHECK(cell_is(cell(rows, 0, 13), FERRO_TYPE_UUID, kUuid, 16));
  CHECK(same_but_spaces(cell(rows, 0, 14), "{\"a\":[1,null]}"));
}

void test_types(const session *in) {
  ferro_plan *plan = ferro_plan_new();
  ferro_error *error = NULL;
  ferro_value values[COLUMNS];
  result rows;
  size_t i;
  drop_table(plan, TABLE, 1);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  create(plan);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);

  values[0] = ferro_int64(1);
  values[1] = ferro_integer(FERRO_TYPE_BOOL, 1);
  values[2] = ferro_int64(INT64_MIN);
  values[3] = ferro_float64(kTenth);
  values[4] = ferro_small_decimal(-1234, 2);
  values[5] = ferro_data(FERRO_TYPE_DECIMAL, kBig, sizeof kBig - 1);
  values[6] = ferro_data(FERRO_TYPE_TEXT, kText, sizeof kText - 1);
  values[7] = ferro_data(FERRO_TYPE_BYTES, kBytes, sizeof kBytes);
  values[8] = ferro_integer(FERRO_TYPE_DATE, kDay);
  values[9] = ferro_integer(FERRO_TYPE_TIME, kTimeOfDay);
  values[10] = ferro_integer(FERRO_TYPE_TIMESTAMP, kMoment);
  values[11] = ferro_integer(FERRO_TYPE_TIMESTAMPTZ, kMoment);
  values[12] = ferro_integer(FERRO_TYPE_INTERVAL, -INT64_C(5400000001));
  values[13] = ferro_data(FERRO_TYPE_UUID, kUuid, 16);
  values[14] = text_value("{\"a\":[1,null]}");
  values[14].type = FERRO_TYPE_JSON;
  insert(plan);
  CHECK_OK(run(in, NULL, plan, values, (size_t)COLUMNS, &rows, &error), error);
  CHECK(rows.affected == 1 && rows.rows == 0);
  values[0] = ferro_int64(2);
  for (i = 1; i < (size_t)COLUMNS; ++i) values[i] = ferro_null();
  CHECK_OK(run(in, NULL, plan, values, (size_t)COLUMNS, NULL, &error), error);

  select_one(plan);
  values[0] = ferro_int64(1);
  CHECK_OK(run(in, NULL, plan, values, 1, &rows, &error), error);
  if (CHECK(rows.rows == 1 && rows.columns == (size_t)COLUMNS)) check_values(&rows);
  result_free(&rows);
  values[0] = ferro_int64(2);
  CHECK_OK(run(in, NULL, plan, values, 1, &rows, &error), error);
  for (i = 1; i < (size_t)COLUMNS; ++i) CHECK(cell(&rows, 0, i)->type == FERRO_TYPE_NULL);
  result_free(&rows);

  drop_table(plan, TABLE, 0);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  CHECK_CODE(FERRO_ERROR_UNDEFINED, run(in, NULL, plan, NULL, 0, NULL, &error), error);
  ferro_plan_free(plan);
}
