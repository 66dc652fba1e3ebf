// What the program was made with; shown in --version and the uncompared part of the manifest, in no result.
#pragma once

namespace sushi::app {

const char* BuildType();  // "Release"
const char* Compiler();   // "GNU 12.2.0"
const char* Commit();     // "" when it was not built from a repository

}  // namespace sushi::app
