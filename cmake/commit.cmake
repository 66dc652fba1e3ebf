# Run at every build: writes OUT only when the commit has changed, so that nothing else is compiled again.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C ${SOURCE} rev-parse --short HEAD OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET)
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define SUSHISIM_COMMIT \"@commit@\"\n" @ONLY)
