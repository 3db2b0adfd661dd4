export const handler = async (event) => ({ got: event });
