/** Self-signed, for *.example.com and example.org; its key is thrown away. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlDCCATqgAwIBAgIUCRF2fLYb4lauvLi2+bsPx5bZGPMwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAeFw0yNjExMjMwMTE1MzVaFw0yNjEyMjMwMTE1MzVaMAwx
CjAIBgNVBAMMAXQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQjYbQvXTa8O0S/
i3qKP7e3fwl+qmRJwDzj774x1E7vSA5pqNrm2QA++h98nPc/v/aU/tYSniRTuyq8
dqm5hdH4o3oweDAdBgNVHQ4EFgQUPmGCFERWLRJa1VuuXTKDeDPWipEwHwYDVR0j
BBgwFoAUPmGCFERWLRJa1VuuXTKDeDPWipEwDwYDVR0TAQH/BAUwAwEB/zAlBgNV
HREEHjAcgg0qLmV4YW1wbGUuY29tggtleGFtcGxlLm9yZzAKBggqhkjOPQQDAgNI
ADBFAiAo/LM3vVMV/l3yaBmSRC01Ujv4x4H76UBWrlSbcSDnbQIhAIEA2RY1ad8m
PPcStWm3p+gYHf26qTsXid97gle+GfQk
-----END CERTIFICATE-----`;

/** ms since 1970. */
export const VALID_FROM = Date.parse('2026-11-23T01:15:35Z');

/** What a Secret with a certificate holds. */
export const secret = (certificate: string) => ({
  data: { 'tls.crt': Buffer.from(certificate).toString('base64'), 'tls.key': 'a2V5' },
});
