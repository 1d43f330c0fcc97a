namespace Qubes.Kernel.Scripts.Running;

/// <summary>One call of a script.</summary>
internal abstract class ScriptJob
{
    /// <summary>For people, e.g. <c>policy office-hours</c>.</summary>
    public abstract string What { get; }

    /// <summary>How long it may take.</summary>
    public abstract TimeSpan Budget { get; }

    /// <summary>Calls the script. On its thread.</summary>
    public abstract void Run();

    /// <summary>It threw, was stopped, or is never called. On any thread; brief.</summary>
    public abstract void Failed(Exception cause);
}
