# What `cmake --install` and the package hold (docs/install.md). Libraries are installed where they are made,
# src/CMakeLists.txt.
include(CMakePackageConfigHelpers)

set(data ${CMAKE_INSTALL_DATADIR}/sushisim)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/sushisim)

install(TARGETS sushisim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/sushi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY configs models traces schemas DESTINATION ${data})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES third_party/d3/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSE.d3)

# find_package(sushisim)
install(EXPORT sushisim NAMESPACE sushisim:: FILE sushisimTargets.cmake DESTINATION ${package})
configure_package_config_file(cmake/sushisimConfig.cmake.in ${CMAKE_BINARY_DIR}/sushisimConfig.cmake
                              INSTALL_DESTINATION ${package} PATH_VARS data)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sushisimConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sushisimConfig.cmake ${CMAKE_BINARY_DIR}/sushisimConfigVersion.cmake
        DESTINATION ${package})

# Made by the program itself, so that they say what it does.
set(made ${CMAKE_BINARY_DIR}/share)
set(man_page ${made}/man/man1/sushisim.1)
# zsh looks in the first below /usr/local, in the second below /usr on Debian.
set(completions bash-completion/completions/sushisim zsh/site-functions/_sushisim zsh/vendor-completions/_sushisim
    fish/vendor_completions.d/sushisim.fish)
set(commands)
foreach(completion IN LISTS completions)
  string(REGEX MATCH "^[a-z]+" shell ${completion})
  cmake_path(GET completion PARENT_PATH folder)
  list(APPEND commands COMMAND ${CMAKE_COMMAND} -E make_directory ${made}/${folder}
       COMMAND sushisim completion ${shell} > ${made}/${completion})
  install(FILES ${made}/${completion} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder})
endforeach()
add_custom_command(OUTPUT ${man_page} ${commands} COMMAND ${CMAKE_COMMAND} -E make_directory ${made}/man/man1
                   COMMAND sushisim man > ${man_page} DEPENDS sushisim VERBATIM)
add_custom_target(man_and_completions ALL DEPENDS ${man_page})
install(FILES ${man_page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# cpack -G DEB
set(CPACK_PACKAGE_NAME sushisim)
set(CPACK_PACKAGE_VENDOR "the sushisim developers")
set(CPACK_PACKAGE_CONTACT "the sushisim developers <sushisim@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "SushiAccel, an accelerator with a SubGraph of the weights kept on chip, and its
 scheduler SushiSched as a SystemC/TLM-2.0 model: cycles, off-chip traffic and energy of streams of queries.")
# What the static libraries need of whoever links them.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, pkg-config, g++, libsystemc-dev, libspdlog-dev, libcli11-dev, libyaml-cpp-dev, nlohmann-json3-dev, libxxhash-dev, libsqlite3-dev, libmuparser-dev, libpugixml-dev, gnuplot-nox")
include(CPack)
