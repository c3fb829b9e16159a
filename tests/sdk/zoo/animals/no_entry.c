/* Forgot to export its entry. */
int ordinaut_extension_v2(void);
int ordinaut_extension_v2(void) { return 1; }
