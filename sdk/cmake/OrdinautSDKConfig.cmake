# find_package(OrdinautSDK 1.0): targets Ordinaut::SDK (headers) and Ordinaut::Testing (a host for unit tests), the functions of
# OrdinautExtension.cmake, and ORDINAUT_PROGRAM, the `ordinaut` installed beside it.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/OrdinautSDKTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/OrdinautExtension.cmake)
get_filename_component(ordinaut_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
find_program(ORDINAUT_PROGRAM ordinaut HINTS ${ordinaut_prefix}/bin)
unset(ordinaut_prefix)
