const limit = undefined;
console.log(limit.max);
export const handler = async () => {};
