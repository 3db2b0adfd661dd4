/** Templates by the names that SAM and CloudFormation projects give them, in the order in which they are looked for. */
export const templateNames = ['template.yaml', 'template.yml', 'template.json'] as const;
