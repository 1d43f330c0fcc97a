using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Failures;

/// <summary>A guest did not become ready.</summary>
internal sealed class GuestNotReadyException(StartFailureKind kind, string message) : QubeException(message)
{
    public StartFailureKind Kind => kind;
}
