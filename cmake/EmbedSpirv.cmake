# cmake -DINPUT=x.spv -DOUTPUT=x.inc -P EmbedSpirv.cmake: the words of a SPIR-V binary (little-endian) as text for #include.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1,\n" words "${hex}")
file(WRITE ${OUTPUT} "${words}")
