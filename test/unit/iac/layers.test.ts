import assert from 'node:assert/strict';
import { problemsOf, read } from './support.ts';

const arn = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:layer:${name}:1`;

describe('Layers of a template', () => {
  it('are known by what Ref gives, of SAM and of CloudFormation, those of Globals first', () => {
    const declarations = read(`
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Layers: [!Ref Common]
Resources:
  Common:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layers/common }
  Packages:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: nodejs22.x }
    Properties: { LayerName: npm-packages, ContentUri: layers/packages/ }
  Tools:
    Type: AWS::Lambda::LayerVersion
    Properties: { Content: ./layers/tools }
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs22.x
      CodeUri: src
      Layers:
        - !Ref Packages
        - !GetAtt Tools.LayerVersionArn
        - !Sub arn:aws:lambda:\${AWS::Region}:580247275435:layer:LambdaInsightsExtension:53
`);
    assert.deepEqual(problemsOf(declarations), []);
    assert.deepEqual(declarations.functions[0]?.layers, [
      { arn: arn('Common'), contentDir: '/work/shop/layers/common' },
      { arn: arn('npm-packages'), contentDir: '/work/shop/layers/packages', below: 'nodejs' },
      { arn: arn('Tools'), contentDir: '/work/shop/layers/tools' },
      { arn: 'arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53' },
    ]);
  });

  it('whose content is an archive or on S3 are known by their ARN alone', () => {
    const declarations = read(`
Resources:
  Zip:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer.zip }
  Bucket:
    Type: AWS::Lambda::LayerVersion
    Properties: { Content: { S3Bucket: b, S3Key: k } }
  Orders:
    Type: AWS::Lambda::Function
    Properties: { Handler: app.handler, Runtime: nodejs22.x, Code: src, Layers: [!Ref Zip, !Ref Bucket] }
`);
    assert.deepEqual(problemsOf(declarations), [
      'warning 5:31 “layer.zip” is an archive. Name the folder with the code to run it locally.',
    ]);
    assert.deepEqual(declarations.functions[0]?.layers, [{ arn: arn('Zip') }, { arn: arn('Bucket') }]);
  });
});
