/* Pango 1.50 keeps a reference to a font map's configuration for ever. The
 * program has one for its whole life; the tests make several. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}
