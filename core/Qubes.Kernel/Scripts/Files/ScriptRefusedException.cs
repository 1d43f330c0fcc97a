using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Scripts.Files;

/// <summary>A script is not taken, for a reason its user can act on.</summary>
internal sealed class ScriptRefusedException(string message, Exception? cause = null) : QubesException(message, cause);
