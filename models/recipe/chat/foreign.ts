/** Small pieces of code in languages that the starter has not learned; `NAME` stands for a drawn name. */

interface Foreign {
	readonly name: string;
	/** VS Code's language id. */
	readonly id: string;
	readonly extension: string;
	readonly codes: readonly string[];
}

export const FOREIGN: readonly Foreign[] = [
	{
		name: 'Go',
		id: 'go',
		extension: '.go',
		codes: [
			'func NAME(items []int) int {\n\ttotal := 0\n\tfor _, item := range items {\n\t\ttotal += item\n\t}\n\treturn total\n}',
			'if err != nil {\n\treturn nil, fmt.Errorf("NAME: %w", err)\n}',
			'type NAME struct {\n\tID   int64\n\tName string\n}',
		],
	},
	{
		name: 'Rust',
		id: 'rust',
		extension: '.rs',
		codes: [
			'fn NAME(values: &[u32]) -> Option<u32> {\n    values.iter().copied().max()\n}',
			'impl Display for NAME {\n    fn fmt(&self, f: &mut Formatter<\'_>) -> fmt::Result {\n        write!(f, "{}", self.0)\n    }\n}',
			'let NAME: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();',
		],
	},
	{
		name: 'Java',
		id: 'java',
		extension: '.java',
		codes: [
			'public static int NAME(List<Integer> values) {\n    int sum = 0;\n    for (int value : values) {\n        sum += value;\n    }\n    return sum;\n}',
			'@Override\npublic String toString() {\n    return "NAME{" + id + "}";\n}',
		],
	},
	{
		name: 'C',
		id: 'c',
		extension: '.c',
		codes: [
			'int NAME(const char *text) {\n    int n = 0;\n    while (*text++) n++;\n    return n;\n}',
			'#include <stdio.h>\n\nint main(void) {\n    printf("NAME\\n");\n    return 0;\n}',
			'struct NAME *p = malloc(sizeof *p);\nif (p == NULL)\n    return -1;',
		],
	},
	{
		name: 'C++',
		id: 'cpp',
		extension: '.cpp',
		codes: [
			'template <typename T>\nT NAME(const std::vector<T>& values) {\n    return std::accumulate(values.begin(), values.end(), T{});\n}',
			'auto NAME = std::make_unique<Widget>(width, height);',
		],
	},
	{
		name: 'C#',
		id: 'csharp',
		extension: '.cs',
		codes: [
			'public async Task<IActionResult> NAME(int id)\n{\n    var item = await _context.Items.FindAsync(id);\n    return item is null ? NotFound() : Ok(item);\n}',
			'var NAME = items.Where(item => item.IsActive).Select(item => item.Name).ToList();',
		],
	},
	{
		name: 'Ruby',
		id: 'ruby',
		extension: '.rb',
		codes: [
			'def NAME(items)\n  items.select(&:active?).map(&:name)\nend',
			'class NAME < ApplicationRecord\n  belongs_to :user\n  validates :name, presence: true\nend',
		],
	},
	{
		name: 'PHP',
		id: 'php',
		extension: '.php',
		codes: ['function NAME(array $items): int {\n    return array_sum(array_column($items, "price"));\n}'],
	},
	{
		name: 'SQL',
		id: 'sql',
		extension: '.sql',
		codes: [
			"SELECT NAME, COUNT(*)\nFROM orders\nWHERE created_at > now() - interval '7 days'\nGROUP BY NAME\nORDER BY 2 DESC;",
			'CREATE INDEX idx_NAME ON users (email);',
		],
	},
	{
		name: 'a shell script',
		id: 'shellscript',
		extension: '.sh',
		codes: [
			'for file in NAME/*.txt; do\n  grep -q TODO "$file" && echo "$file"\ndone',
			'set -euo pipefail\ncd "$(dirname "$0")"\nmake NAME',
		],
	},
	{
		name: 'Kotlin',
		id: 'kotlin',
		extension: '.kt',
		codes: [
			'fun NAME(items: List<Int>): Int = items.filter { it > 0 }.sum()',
			'data class NAME(val id: Long, val title: String)',
		],
	},
	{
		name: 'Swift',
		id: 'swift',
		extension: '.swift',
		codes: [
			'func NAME(_ values: [Double]) -> Double {\n    guard !values.isEmpty else { return 0 }\n    return values.reduce(0, +) / Double(values.count)\n}',
		],
	},
	{
		name: 'CSS',
		id: 'css',
		extension: '.css',
		codes: [
			'.NAME {\n  display: grid;\n  grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr));\n  gap: 1rem;\n}',
		],
	},
	{
		name: 'YAML',
		id: 'yaml',
		extension: '.yml',
		codes: ['services:\n  NAME:\n    image: postgres:16\n    ports:\n      - "5432:5432"'],
	},
];

/** Messages of linters, other compilers and tools, about a name or not. */
export const PROBLEMS: readonly string[] = [
	'Unexpected console statement.',
	'Missing JSDoc comment.',
	"'NAME' is assigned a value but never used.",
	"'NAME' is not defined.",
	'Expected indentation of 2 spaces but found 4.',
	'Function NAME has a complexity of 12. Maximum allowed is 10.',
	'Unsafe assignment of an `any` value.',
	'Promises must be awaited, end with a call to .catch, or end with a call to .then with a rejection handler.',
	'Prefer using nullish coalescing operator (`??`) instead of a logical or (`||`), as it is a safer operator.',
	'Refactor this function to reduce its Cognitive Complexity from 18 to the 15 allowed.',
	'React Hook useEffect has a missing dependency: NAME. Either include it or remove the dependency array.',
	'Forbidden non-null assertion.',
	'Delete `··`',
	'Replace `NAME` with `(NAME)`',
	'NAME: Unknown word.',
	'"NAME": Unknown word.',
	'Do not access NAME from iteration variable.',
	'Import NAME should occur before import of `./index`',
	'Dependency cycle detected.',
	'Unexpected any. Specify a different type.',
	'This assertion is unnecessary since it does not change the type of the expression.',
	'Variable name `NAME` must match one of the following formats: camelCase, UPPER_CASE',
	'File has too many lines (412). Maximum allowed is 300.',
	'Cannot find type definition file for NAME.',
	'Object reference not set to an instance of an object.',
	'Segmentation fault (core dumped)',
	'mismatched types: expected `u32`, found `i64`',
	'undefined: NAME',
	'cannot borrow `NAME` as mutable because it is also borrowed as immutable',
	'Coverage for NAME is below the threshold of 80 %.',
	'Line too long (132 > 100 characters)',
	'Unhandled promise rejection in NAME.',
	'Potential SQL injection in NAME.',
	'Possible race condition on NAME.',
	'`NAME` shadows a name from the outer scope',
];
