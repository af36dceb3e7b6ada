//! Express mode, in which CloudFormation ends an operation as soon as every resource is configured.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-express-mode.html>

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

/// What is added to a request. Express mode leaves a failed stack as it is unless it is told otherwise.
const EXPRESS: &str = "&DeploymentConfig.Mode=EXPRESS&DeploymentConfig.DisableRollback=false";

/// Asks for express mode in a request to CloudFormation.
///
/// The SDK knows these fields from 1.117 on, which needs a newer Rust than we ask of whoever builds this.
pub(super) fn ask_for(request: &mut HttpRequest) {
    let Some(body) = request.body().bytes().map(|body| [body, EXPRESS.as_bytes()].concat()) else { return };
    let length = body.len().to_string();
    request.headers_mut().insert("content-length", length);
    *request.body_mut() = SdkBody::from(body);
}
