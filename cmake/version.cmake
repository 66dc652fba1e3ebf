# The version stands in include/sushi/core/version.hpp alone.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../include/sushi/core/version.hpp line REGEX "kToolVersion")
string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" SUSHISIM_VERSION "${line}")
