namespace Qubes.Plugins.Templates.Builds;

/// <summary>The steps of a build, in order.</summary>
internal enum BuildStep
{
    /// <summary>Fetch the package lists and work out the versions.</summary>
    Resolve,

    /// <summary>Install the packages.</summary>
    Packages,

    /// <summary>Fetch the kernel.</summary>
    Kernel,

    /// <summary>Assemble the root image.</summary>
    Image,

    /// <summary>Copy the image into the template's volume.</summary>
    Import,

    /// <summary>Enter the template and its disposable template.</summary>
    Register,
}

/// <summary>How steps are shown.</summary>
internal static class BuildSteps
{
    // Of the whole, percent, where each step begins; by measured durations.
    private static readonly double[] _starts = [0, 12, 80, 84, 94, 98, 100];

    /// <summary>The step's word in events and messages.</summary>
    public static string Word(this BuildStep step) => step switch
    {
        BuildStep.Resolve => "resolve",
        BuildStep.Packages => "packages",
        BuildStep.Kernel => "kernel",
        BuildStep.Image => "image",
        BuildStep.Import => "import",
        BuildStep.Register => "register",
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
    };

    /// <summary>Percent of the whole build when this part (0 to 1) of the step is done.</summary>
    public static double Percent(this BuildStep step, double part)
    {
        var start = _starts[(int)step];
        return start + (_starts[(int)step + 1] - start) * Math.Clamp(part, 0, 1);
    }
}
