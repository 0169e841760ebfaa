// Makes the driver of this dialect; dialect.cc is the only caller.
#pragma once

#include <memory>

#include "engine/db/driver.h"

namespace ferro::postgresql {

std::unique_ptr<db::Driver> MakeDriver();

}  // namespace ferro::postgresql
