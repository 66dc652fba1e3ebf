// The whole program, for a `main` of one's own that adds policies first (docs/install.md).
#pragma once

namespace sushi {

// Runs the command that `argv` asks for; results go to stdout. Returns the exit code; throws nothing.
int RunCommandLine(int argc, char** argv);

}  // namespace sushi
