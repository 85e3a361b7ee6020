import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'coverage/', '.stryker-tmp/', '**/*.js', '*.mjs'] },
  eslint.configs.recommended,
  tseslint.configs.strict,
  {
    rules: {
      // noUncheckedIndexedAccess asks for proof; a regular expression that matched is one.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', argsIgnorePattern: '^_$' }],
      // cdk8s constructs add themselves to the tree.
      'no-new': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
);
