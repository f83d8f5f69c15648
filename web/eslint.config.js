import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'
import config from './svelte.config.js'

// What has been said stays in the language it was said in: a `Saying` is kept, and said where it is shown.
const SAID = '[callee.name=/^(t|reasonOf|reasonInWallet|toldOf|passkeyReason)$/]'
const KEPT = [
  'CallExpression.right',
  'ConditionalExpression.right > CallExpression',
  'LogicalExpression.right > CallExpression',
]

export default ts.config(
  { ignores: ['node_modules', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    rules: {
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', 70],
      // Money is text: whoever needs a number of it uses money/decimal.
      'no-restricted-globals': ['error', 'parseFloat'],
      'no-restricted-properties': ['error', { object: 'Number', property: 'parseFloat' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: KEPT.map((each) => `AssignmentExpression > ${each}${SAID}`).join(', '),
          message: 'Keep how it is said (`Saying`), not its text: the language may change.',
        },
      ],
      'no-undef': 'off',
      // State is replaced as a whole (`$state.raw`), and never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig: config },
    },
  },
  { files: ['tests/**'], rules: { 'max-lines-per-function': 'off' } },
)
