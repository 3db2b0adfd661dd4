export const handler = async () => "other";
