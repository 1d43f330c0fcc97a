using Qubes.Kernel.Scripts.Files;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>A script does not compile.</summary>
/// <param name="errors"><c>FILE:LINE:COLUMN: TEXT</c> each; at least one.</param>
internal sealed class CompileException(IReadOnlyList<string> errors)
    : QubesException(errors.Count == 1 ? errors[0] : $"{errors[0]} (and {errors.Count - 1} more)")
{
    public IReadOnlyList<string> Errors => errors;
}
