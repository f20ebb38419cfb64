/* Nothing: libtorch's headers are C++, and only CTorch includes them. This target brings their place, and that of
 * libtorch's libraries, from libtorch.pc, which set-up writes. */
