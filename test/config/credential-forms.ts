const long = 'hunter2'.repeat(6);

/** Credentials in every known form. Put together here, so that no scanner takes them for real ones. */
export const CREDENTIALS: readonly string[] = [
  `-----BEGIN ${'RSA PRIVATE KEY'}-----\nhunter2`,
  `-----BEGIN ${'PRIVATE KEY'}-----`,
  `-----BEGIN ${'PGP PRIVATE KEY BLOCK'}-----`,
  `AGE-SECRET-KEY-1${'HUNTER22'.repeat(4)}`,
  `eyJ${'hunter2'.repeat(2)}.eyJ${'hunter2'.repeat(2)}`,
  ...['ghp_', 'gho_', 'ghs_', 'ghr_', 'ghu_', 'github_pat_'].map((prefix) => prefix + long),
  ...['glpat-', 'glrt-', 'gldt-'].map((prefix) => prefix + long),
  ...['xoxb-', 'xoxp-', 'xapp-1-'].map((prefix) => prefix + long),
  `https://hooks.${'slack.com'}/services/T0/B0/hunter2`,
  `https://${'discord.com'}/api/webhooks/123/hunter2`,
  `12345678:AA${long}`,
  `AKIA${'HUNTER22'.repeat(2)}`,
  `ASIA${'HUNTER22'.repeat(2)}`,
  `AIza${long}`,
  `GOCSPX-${long}`,
  `ya29.${long}`,
  `AccountName=a;AccountKey=${long};`,
  `dop_v1_${long}`,
  ...['sk-', 'sk-proj-', 'sk-ant-api03-', 'sk-lf-', 'sk_live_', 'rk_test_'].map((prefix) => prefix + long),
  ...['hf_', 'gsk_', 'xai-', 'pplx-', 'r8_', 'tvly-', 'npm_', 'pypi-', 'dckr_pat_', 'lin_api_', 'ntn_', 'hvs.'].map(
    (prefix) => prefix + long,
  ),
  `dapi${'0123abcd'.repeat(4)}`,
  `SG.${long}.${long}`,
  `https://user:${'hunter2'}@example.com/path`,
  `postgres://:${'hunter2'}@db`,
  `https://example.com/mcp?api_key=${'hunter2'}`,
  `https://example.com/blob?sv=1&sig=${'hunter2'}`,
];
