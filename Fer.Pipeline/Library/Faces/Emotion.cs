namespace Fer.Pipeline.Faces;

/// <summary>The emotions of FER2013 with its own numbers 0 … 6, and the one that FER+ adds.</summary>
public enum Emotion
{
    /// <summary>FER2013's 0; "anger" in FER+.</summary>
    Angry = 0,
    /// <summary>FER2013's 1.</summary>
    Disgust = 1,
    /// <summary>FER2013's 2.</summary>
    Fear = 2,
    /// <summary>FER2013's 3; "happiness" in FER+.</summary>
    Happy = 3,
    /// <summary>FER2013's 4; "sadness" in FER+.</summary>
    Sad = 4,
    /// <summary>FER2013's 5.</summary>
    Surprise = 5,
    /// <summary>FER2013's 6.</summary>
    Neutral = 6,
    /// <summary>FER+ only; FER2013 has no number for it.</summary>
    Contempt = 7,
}
