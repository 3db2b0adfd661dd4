exports.handler = async () => {
  throw new Error('always');
};
