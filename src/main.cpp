#include "sushi/app/command_line.hpp"

int main(int argc, char** argv) { return sushi::RunCommandLine(argc, argv); }
