/** A fence first of all is an answer in a chat. */
import { fence } from '../../../../src/completion/cleaning/fence';
import { describeRule } from '../../../support/cleaningTable';

describeRule(fence, [
	['first', 'f();\n█', '```ts\ng();', ''],
	['on the next line', '// sorts a list█', '\n```ts', ''],
	['in a comment', '/// █', '```', undefined],
	['inside of code', 'def f():\n    █', '"""Adds.\n    ```\n    f()', undefined],
	['in Markdown', 'text\n█', '```ts', undefined, { languageId: 'markdown' }],
]);
