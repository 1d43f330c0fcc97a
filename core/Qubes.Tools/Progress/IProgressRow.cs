namespace Qubes.Tools.Progress;

/// <summary>One thing whose progress is shown. May be used from any thread.</summary>
internal interface IProgressRow
{
    /// <summary>Shows how far it is.</summary>
    /// <param name="percent">0–100; values outside are cut.</param>
    /// <param name="step">What is going on, in a word or two.</param>
    /// <param name="detail">More about it; may be empty.</param>
    void Report(double percent, string step, string detail = "");

    /// <summary>Marks it as done (100 %), with a closing word such as the name of the result.</summary>
    void Finish(string result);

    /// <summary>Marks it as failed; the row stays where it is.</summary>
    void Fail(string reason);
}
